"""The fetcher: this node's turn at a mailbox, session after session. What ends one is waited out; nothing is lost by it."""

import asyncio
import logging
import ssl
from collections import Counter
from typing import Final

from imapclient.exceptions import IMAPClientError, LoginError

from channels.email.access import NoToken
from channels.email.arriving.reception import Reception
from channels.email.fetching.condition import Condition, Standing
from channels.email.fetching.connection import Connection
from channels.email.fetching.hands import Hands
from channels.email.fetching.selecting import ReadOnly, Remark
from channels.email.fetching.session import Desk, Session
from channels.email.terms import ImapAccount
from messaging.arriving.fetching import turn_at
from messaging.errors import Busy, NoRoom
from messaging.faults import located
from messaging.memory.arriving import Fetched, Turn
from messaging.office import Office

log = logging.getLogger(__name__)

IDLE: Final = 240.0
"""Seconds of waiting before we look ourselves: networks forget silent connections, and some servers forget to tell."""
TURN: Final = 5.0
"""Seconds until a node that stands by asks for the turn again."""
PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before the next session, after one and more that went wrong."""
UNKNOWN: Final = -1
"""The validity of numbers that hold for one connection only: no server says it, so none is taken for it."""
LOCKED_OUT: Final = 300.0
"""After a refused password: providers lock out those who insist."""


class Fetcher:
    """Fetches from one mailbox until cancelled."""

    def __init__(
        self, office: Office, reception: Reception, account: ImapAccount, condition: Condition
    ) -> None:
        self._account = account
        self._condition = condition
        self._desk = Desk(office, reception, condition, Counter())
        self._name = office.installation.lookup("imap", account.name)
        self._failures = 0

    async def run(self) -> None:
        """One session after the other."""
        # The library logs names and commands.
        logging.getLogger("imapclient").setLevel(logging.CRITICAL + 1)
        while True:  # bound: until cancelled; each turn pauses
            try:
                await self._turn()
            except Exception as fault:  # nothing that happens to one session may end fetching
                pause = self._failed(fault)
            else:
                self._stands(Standing.STANDBY)
                pause = TURN
            await asyncio.sleep(pause)

    async def _turn(self) -> None:
        """Until something goes wrong; returns when it is another node's turn."""
        async with turn_at(self._desk.office, self._name) as turn:
            if turn is not None:
                hands = Hands(Connection(self._account))
                try:
                    await self._attend(turn, hands)
                finally:
                    await hands.close()

    async def _attend(self, turn: Turn, hands: Hands) -> None:
        opened = await hands(hands.connection.open)
        self._remarks(opened.remarks)
        at = await turn.position()
        if at is None or at.validity != opened.validity:
            # Made anew: all its numbers mean other letters now. Those kept before are known by their content.
            at = Fetched(UNKNOWN if opened.validity is None else opened.validity, 0)
        session = Session(self._desk, turn, hands, at)
        self._stands(Standing.ATTENDING)
        await session.mark_again()
        while True:  # bound: until the session ends; each turn waits IDLE, or `every`
            while await session.take_some():
                pass
            self._failures = 0
            self._condition.looked_at = self._desk.office.clock()
            if hands.connection.idles:
                await hands(hands.connection.idle, IDLE)
            else:
                await asyncio.sleep(self._account.every)

    def _remarks(self, remarks: frozenset[Remark]) -> None:
        if remarks - self._condition.remarks:
            log.warning("the mailbox's server leaves things out", extra={"lacks": sorted(remarks)})
        self._condition.remarks = remarks

    def _failed(self, fault: Exception) -> float:
        """Notes it; the seconds to wait."""
        standing = _standing(fault)
        # Its text may name the mailbox.
        log.warning("fetching waits", extra={"standing": standing.value, **located(fault)})
        self._condition.standing = standing
        self._failures += 1
        # A token that was refused once may have been too old: the next one is new.
        refused = standing is Standing.REFUSED and (self._account.access is None or self._failures > 1)
        return LOCKED_OUT if refused else PAUSES[min(self._failures, len(PAUSES)) - 1]

    def _stands(self, standing: Standing) -> None:
        if standing is not self._condition.standing:
            log.info("fetching", extra={"standing": standing.value})
        self._condition.standing = standing


def _standing(fault: Exception) -> Standing:  # noqa: PLR0911 - a row each
    match fault:
        case NoToken():
            return Standing.NO_TOKEN if fault.lack.passes else Standing.NO_CONSENT
        case LoginError():
            return Standing.REFUSED
        case ReadOnly():
            return Standing.READ_ONLY
        case ssl.SSLCertVerificationError():
            return Standing.UNTRUSTED
        case OSError() | IMAPClientError():
            return Standing.UNREACHABLE
        case NoRoom():
            return Standing.NO_ROOM
        case Busy():
            return Standing.DATABASE
    return Standing.FAULT
