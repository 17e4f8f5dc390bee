"""The courier: carries owed mail to the relay, and keeps the truth about each.

    claim > MAIL, RCPT > committed as `sending` > DATA > sent | again later | failed | in doubt

Nothing of a mail's words or addresses is logged, nor what the relay says about them.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from channels.email.leaving.relaying import Refused, RelayConnection, Unanswered, Unreached
from channels.email.terms import Relay
from messaging.errors import Busy
from messaging.mail.delivering import Consignment, begin, claim, give_back, settle, try_again
from messaging.mail.pacing import DomainPace, domain_of
from messaging.office import FrozenMail, Office
from messaging.stored import MailState, StoredMail

log = logging.getLogger(__name__)

PATIENCE: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries to note what the relay said. What cannot be noted is in doubt later."""
LAST_MAIL: Final = 15.0
"""Seconds a mail in hand may still take when we are asked to stop: broken off, a letter would be in doubt."""


class Bag:
    """Claimed mail, for the couriers of a process to take from: claiming many at a time costs as much as claiming one.

    Here stands how fast each domain takes mail, for it is about all couriers together.
    """

    def __init__(self, office: Office, size: int = 1, monotonic: Callable[[], float] = monotonic) -> None:
        self._office = office
        self._size = size
        self._held: deque[Consignment] = deque()
        self._filling = asyncio.Lock()
        self._monotonic = monotonic
        self.pace = DomainPace()

    async def take(self) -> Consignment | None:
        """The next mail that is due; None when there is none. Raises Busy when the database is away.

        What lay here until others may claim it is left to them: a relay can take minutes for each. What its domain is not
        ready for steps back.
        """
        async with self._filling:
            while True:
                now = self._office.clock()
                while self._held and self._held[0].due.until <= now:
                    self._held.popleft()
                if not self._held:
                    self._held.extend(await claim(self._office, self._size))
                if not self._held:
                    return None
                one = self._held.popleft()
                wait = self.pace.begin(domain_of(one.mail.recipient), self._monotonic()) if one.mail else 0.0
                if not wait:
                    return one
                await give_back(self._office, [one], after=wait)

    def ended(self, one: Consignment, *, slow: bool, taken: bool) -> None:
        """A mail that was taken from here is out of hand."""
        if one.mail is not None:
            self.pace.ended(domain_of(one.mail.recipient), self._monotonic(), slow=slow, taken=taken)

    async def empty(self) -> None:
        """Gives back what nobody has begun, so that it need not wait for its claim to run out."""
        left, self._held = list(self._held), deque()
        with contextlib.suppress(Busy):  # then it waits for that after all
            await give_back(self._office, left)


class Courier:
    """One of several; each has a connection of its own and one mail in hand."""

    def __init__(self, office: Office, relay: Relay, bag: Bag | None = None) -> None:
        self._office = office
        self._bag = bag or Bag(office)
        self._connection = RelayConnection(relay)
        self._slow = self._taken = False
        """What the relay said of the mail in hand."""

    async def send_due(self) -> int:
        """Sends one mail that is due, if there is one; how many. Raises Busy when the database is away."""
        one = await self._bag.take()
        if one is None:
            await self._connection.close()
            return 0
        await self._to_the_end(one)
        return 1

    async def close(self) -> None:
        """Gives the connection back."""
        await self._connection.close()

    async def _to_the_end(self, one: Consignment) -> None:
        self._slow = self._taken = False
        carrying = asyncio.ensure_future(self._carry(one))
        try:
            await asyncio.shield(carrying)
        except asyncio.CancelledError:
            await asyncio.wait([carrying], timeout=LAST_MAIL)
            carrying.cancel()
            await asyncio.wait([carrying])
            raise
        finally:
            self._bag.ended(one, slow=self._slow, taken=self._taken)

    async def _carry(self, one: Consignment) -> None:
        if one.mail is None:
            await settle(self._office, one.stored, MailState.STOPPED, None)
            return
        try:
            await self._connection.address(one.mail)
        except Refused as answer:
            await self._refused(one.stored, answer)
        except Unreached:
            await self._noted(lambda: try_again(self._office, one.stored, None))
        else:
            await self._hand_over(one, one.mail)

    async def _hand_over(self, one: Consignment, mail: FrozenMail) -> None:
        stored = one.stored
        if not await begin(self._office, one):
            await self._connection.reset()
            await give_back(self._office, [one])
            return
        try:
            await self._connection.deliver(mail)
        except Refused as answer:
            await self._refused(stored, answer)
        except Unreached:
            await self._noted(lambda: try_again(self._office, stored, None))
        except Unanswered:
            log.warning("no answer to the final dot", extra={"mail": str(stored.id)})
            if mail.whole:
                await self._noted(lambda: settle(self._office, stored, MailState.IN_DOUBT, None))
            else:  # a second notice with the same Message-ID harms nobody
                await self._noted(lambda: try_again(self._office, stored, None))
        else:
            self._taken = True
            await self._noted(lambda: settle(self._office, stored, MailState.SENT, 250))

    async def _refused(self, stored: StoredMail, answer: Refused) -> None:
        log.info("mail refused", extra={"mail": str(stored.id), "code": answer.code})
        self._slow = answer.slow
        if answer.final:
            await self._noted(lambda: settle(self._office, stored, MailState.FAILED, answer.code))
        else:
            await self._noted(lambda: try_again(self._office, stored, answer.code))

    async def _noted(self, note: Callable[[], Awaitable[None]]) -> None:
        """Keeps what became of a mail, also when the database is away for a moment."""
        for pause in PATIENCE:
            try:
                await note()
            except Busy:
                await asyncio.sleep(pause)
            else:
                return
        await note()
