"""The clients' mail server: takes what the demonstration sends, keeps the newest in memory, and sends their answers.

A real SMTP server and a real SMTP client, so that what is shown is what would happen; nothing leaves this machine.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from channels.email.addresses import canonical
from channels.email.arriving.listeners import Listeners
from channels.email.arriving.reception import KEPT, UNKNOWN, Mail, Reception, Recipient
from channels.email.leaving.relaying import Refused, RelayConnection, Unanswered, Unreached
from channels.email.mime.parsing import ParsedLetter, Refusal, parse
from channels.email.terms import Listening, MailIn, Relay
from messaging.arriving.arrival import Destination
from messaging.errors import Busy
from messaging.ids import PracticeId
from messaging.office import FrozenMail
from web.demo.mails import vouched
from web.demo.people import MAIL_DOMAIN

MAILS_EACH: Final = 200
"""Newest mails a mailbox keeps: more than anyone writes while trying it, and memory stays bounded."""
NOT_SENT: Final = "The mail could not be sent. Is the server still starting? Please try once more."


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail in a mailbox: came, or sent from here."""

    id: str
    at: datetime
    letter: ParsedLetter = field(repr=False)
    mine: bool = False


class Mailroom:
    """The mailboxes, by address."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._boxes: dict[str, dict[str, Kept]] = {canonical(one): {} for one in addresses}

    def holds(self, address: str) -> bool:
        """Whether somebody has this address."""
        return canonical(address) in self._boxes

    def mails(self, address: str) -> tuple[Kept, ...]:
        """Newest first."""
        held = self._boxes.get(canonical(address), {})
        return tuple(sorted(held.values(), key=lambda one: one.at, reverse=True))

    def find(self, address: str, name: str | None) -> Kept | None:
        """One mail of a mailbox."""
        return self._boxes.get(canonical(address), {}).get(name or "")

    def put(self, address: str, raw: bytes, *, name: str = "", mine: bool = False) -> None:
        """Keeps a mail. The same bytes again are the same mail: a courier may try twice."""
        letter = parse(raw)
        box = self._boxes[canonical(address)]
        known = name or hashlib.sha256(raw).hexdigest()[:24]
        box[known] = Kept(known, letter.date or datetime.now(UTC), letter, mine)
        while len(box) > MAILS_EACH:
            del box[min(box, key=lambda one: box[one].at)]


class Counter(Reception):
    """Reception of the clients' mail server: takes mail for its own mailboxes, and nothing else."""

    def __init__(self, room: Mailroom) -> None:
        self.terms = MailIn(domain=MAIL_DOMAIN)
        self._room = room

    async def recipient(self, address: str, mail_from: str) -> Recipient | Refusal:
        """Whether one of the mailboxes is meant."""
        del mail_from
        nowhere = Destination(PracticeId(UUID(int=0)))
        return Recipient(address, nowhere) if self._room.holds(address) else UNKNOWN

    async def accept(self, mail: Mail, raw: bytes) -> list[str]:
        """Into each mailbox."""
        for one in mail.recipients:
            self._room.put(one.address, raw)
        return [KEPT] * len(mail.recipients)

    async def drain(self) -> None:
        """Nothing is under way: mail is kept in memory at once."""


@asynccontextmanager
async def mailroom_open(room: Mailroom) -> AsyncIterator[int]:
    """The mail server on a free port of this machine; yields the port."""
    listeners = Listeners(Counter(room), [Listening("smtp", "127.0.0.1", 0)])
    await listeners.start()
    try:
        yield int(listeners.addresses[0][1].rpartition(":")[2])
    finally:
        await listeners.stop()


async def send(to: Relay, sender: str, recipient: str, message_id: str, raw: bytes) -> None:
    """Hands a client's mail to the server's own SMTP listener. Raises Busy when it was not taken."""
    connection = RelayConnection(to)
    mail = FrozenMail(recipient, sender, message_id, vouched(raw))
    try:
        await connection.address(mail)
        await connection.deliver(mail)
    except (Refused, Unreached, Unanswered):
        raise Busy(NOT_SENT) from None
    finally:
        await connection.close()
