"""Reception: whom a letter may come in for, and the answer to it. 250 means committed; an accident is always 4xx.

Knows the replies of SMTP and nothing of sockets: the listeners speak, reception decides.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from uuid import UUID

from channels.email.addresses import ReplyAddress, canonical, marks_in, read_bounce_address
from channels.email.arriving.account import answered, is_accounts, is_report, written
from channels.email.mime.headers import split_letter
from channels.email.mime.parsing import Refusal, envelope_check
from channels.email.reading.general import place_of
from channels.email.terms import MailIn
from messaging.arriving.arrival import Arrival, Destination
from messaging.arriving.originals import keep
from messaging.arriving.receiving import route
from messaging.errors import NoRoom, TooFast
from messaging.faults import located
from messaging.ids import MailId, OriginalId
from messaging.leaving.delivering import owed_mail_named
from messaging.office import Office
from messaging.trust.pace import Pace

log = logging.getLogger(__name__)

KEPT: Final = "250 2.0.0 Kept"
ACCIDENT: Final = "451 4.3.0 Please try again later"
"""For every fault of ours, and never with its text: the sender keeps the letter and comes again."""
UNKNOWN: Final = Refusal(550, "5.1.1", "No such address")
REPLY_ONLY: Final = Refusal(550, "5.1.1", "Please reply to the address in our mail")
NOT_OURS: Final = (UNKNOWN, REPLY_ONLY)
"""What is said of addresses that lead nowhere; the other refusals are about addresses we know."""
REVOKED: Final = Refusal(550, "5.2.1", "This address is no longer in use")
NO_REPORTS: Final = Refusal(550, "5.7.1", "Reports are not accepted here")
TOO_BIG: Final = Refusal(552, "5.3.4", "The message is too big")
NO_ROOM: Final = Refusal(452, "4.3.1", "Please try again later")
TOO_FAST: Final = Refusal(451, "4.7.1", "Too many messages, please try again later")
TRY_LATER: Final = Refusal(451, "4.3.0", "Please try again later")


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that may be written to. `destination` None: it is everybody's, and the letter says whose (`placed`)."""

    address: str = field(repr=False)
    destination: Destination | None
    bounce_of: MailId | None = None
    key: str | None = field(default=None, repr=False)
    """The token by which the letter said it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who hands a letter over. `address` None: over a Unix socket."""

    address: str | None = field(default=None, repr=False)
    helo: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter in the dialog: its sender (empty: a report) and those of its recipients that were accepted."""

    peer: Peer
    mail_from: str = field(repr=False)
    recipients: tuple[Recipient, ...]


class Reception:
    """Accepts or refuses, for every listener of this process."""

    def __init__(self, office: Office, terms: MailIn) -> None:
        self._office = office
        self.terms = terms
        self._pace = Pace(terms.per_address)
        # bound: a letter for each connection, and what those that hung up left to be committed
        self._keeping: set[asyncio.Task[OriginalId]] = set()

    async def recipient(self, address: str, mail_from: str) -> Recipient | Refusal:
        """Whether this address may be written to. Never raises: what goes wrong here is a refusal for now."""
        try:
            if not self._office.room_left():
                return NO_ROOM
            return self._paced(await self.of(address, report=not mail_from, writer=mail_from))
        except TooFast:
            return TOO_FAST
        except Exception as fault:  # whatever it was, the sender must keep the letter and come again
            log.warning("recipient not looked up", extra=located(fault))
            return TRY_LATER

    def _paced(self, found: Recipient | Refusal) -> Recipient | Refusal:
        if isinstance(found, Recipient) and found.destination is not None:
            to = found.destination
            key = found.bounce_of or (to.conversation, to.person or to.practice)
            self._pace.take(key, time.monotonic())
        return found

    async def of(self, address: str, *, report: bool, writer: str = "") -> Recipient | Refusal:
        """Whom an address stands for, at whatever pace. `report`: the letter's sender is empty. Raises Busy.

        `writer` is the envelope sender, of whom nothing is believed yet.
        """
        host, bounce = address.rpartition("@")[2], self._bounce(address)
        if bounce is not None:
            return await self._report(address, bounce)
        token = self._token(address, host)
        if token is None:
            return await self._general(address, writer)
        found = await route(self._office, token)
        if found is None:
            return UNKNOWN
        if found.revoked:
            return REVOKED
        if report:
            # A null sender is a report, and reports about our mail go to its bounce address, which proves itself.
            return NO_REPORTS
        return Recipient(address, Destination(found.practice, found.conversation, found.person))

    async def placed(self, one: Recipient, writer: str | None, raw: bytes) -> Recipient | Refusal:
        """Whose the letter is, where its address is everybody's. `writer` None: nobody wrote it down. Raises Busy."""
        if one.destination is not None:
            return one
        headers, _ = split_letter(raw)
        if is_report(headers, writer):
            return await self._report_in(one, raw)
        answer = await answered(self._office, headers)
        if answer is not None:
            key, there = answer
            to = Destination(there.practice, there.conversation, there.person)
            return REVOKED if there.revoked else Recipient(one.address, to, key=key)
        to_client = await written(self._office, headers, writer)
        return REPLY_ONLY if to_client is None else Recipient(one.address, to_client)

    async def _report_in(self, one: Recipient, raw: bytes) -> Recipient | Refusal:
        for mark in marks_in(raw):
            bounce = self._bounce(mark)
            found = await self._report(one.address, bounce) if bounce is not None else UNKNOWN
            if isinstance(found, Recipient):
                return found
        return NO_REPORTS

    def _bounce(self, address: str) -> bytes | None:
        key, now = self._office.installation.bounce_key, self._office.clock()
        return read_bounce_address(address, key, domain=address.rpartition("@")[2], now=now)

    async def _general(self, address: str, writer: str) -> Recipient | Refusal:
        if is_accounts(self.terms, address):
            return Recipient(address, None)
        place = await place_of(self._office, self.terms, address, writer)
        if place is not None:
            return Recipient(address, place)
        ours = canonical(address) == canonical(f"post@{self.terms.domain}")
        return REPLY_ONLY if ours else UNKNOWN

    async def _report(self, address: str, name: bytes) -> Recipient | Refusal:
        if len(name) != 16:
            return UNKNOWN
        mail = MailId(UUID(bytes=name))
        owed = await owed_mail_named(self._office, mail)
        if owed is None:
            return UNKNOWN
        return Recipient(address, Destination(owed.practice, owed.conversation, owed.person), mail)

    def _token(self, address: str, host: str) -> str | None:
        # Practices may have mail domains of their own. The token alone leads somewhere, so any host will do: mail for
        # a domain that is not ours does not arrive here.
        try:
            return _replies(self.terms.reply_address, host).token_of(address)
        except ValueError:
            return None

    async def accept(self, mail: Mail, raw: bytes) -> list[str]:
        """One reply for each recipient, in order. Never raises but when cancelled, and then what was begun is finished."""
        refusal = TOO_BIG if len(raw) > self.terms.size_limit else envelope_check(raw)
        if refusal is not None:
            return [refusal.reply()] * len(mail.recipients)
        return [await self._keep(mail, one, raw) for one in mail.recipients]

    async def _keep(self, mail: Mail, given: Recipient, raw: bytes) -> str:
        try:
            recipient = await self.placed(given, mail.mail_from, raw)
            if given.destination is None:
                recipient = self._paced(recipient)
        except TooFast:
            return TOO_FAST.reply()
        except Exception as fault:  # as in `recipient`
            log.warning("letter not placed", extra=located(fault))
            return ACCIDENT
        if isinstance(recipient, Refusal) or recipient.destination is None:
            return recipient.reply() if isinstance(recipient, Refusal) else ACCIDENT
        return await self._committed(mail, recipient, recipient.destination, raw)

    async def _committed(self, mail: Mail, recipient: Recipient, to: Destination, raw: bytes) -> str:
        arrival = Arrival(
            recipient=recipient.address,
            mail_from=mail.mail_from,
            helo=mail.peer.helo,
            peer=mail.peer.address,
            at_border=self.terms.is_border(mail.peer.address),
            bounce_of=recipient.bounce_of,
            key=recipient.key,
        )
        task = asyncio.ensure_future(keep(self._office, to, arrival, raw))
        self._keeping.add(task)
        task.add_done_callback(self._kept)
        try:
            # A peer that hangs up cancels us, and must not cancel a commit that is under way: half a commit would be
            # neither kept nor refused. If it comes again, the second copy is known as one.
            await asyncio.shield(task)
        except NoRoom:
            return NO_ROOM.reply()
        except Exception:  # the fault was noted in `_kept`; to the peer every accident is the same
            return ACCIDENT
        return KEPT

    def _kept(self, task: "asyncio.Task[OriginalId]") -> None:
        self._keeping.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("letter not kept", extra=located(fault))

    async def drain(self) -> None:
        """Waits for commits under way."""
        if self._keeping:
            await asyncio.wait(self._keeping)  # bound: the store's: each commit is made, or Busy


@lru_cache(64)
def _replies(template: str, host: str) -> ReplyAddress:
    """Checked once for each host and not for each letter. A stranger may name any host, so few are remembered."""
    return ReplyAddress(template, host)
