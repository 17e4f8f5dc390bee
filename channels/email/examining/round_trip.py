"""A letter to ourselves: out by the relay, in by whichever way mail comes in, known again by its Message-ID.

It is from our own address, and such a letter is refused as a loop once it was kept and read: nobody is ever shown it.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from channels.email.examining.findings import Finding
from channels.email.examining.relay import hand_over
from channels.email.mime.parsing import parse
from channels.email.terms import Relay
from messaging.arriving.originals import open_original, original_named
from messaging.arriving.rereading import standing_of
from messaging.ids import ConversationId, OriginalId, PracticeId
from messaging.office import Office
from messaging.trust.encryption import CannotOpen

NAME: Final = "test letter"
WORDS: Final = "This letter was sent by `quietline doctor --mail` to see that mail goes out and comes in.\n"
LOOK: Final = 0.5
"""Seconds between looks."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Where it is from and to. `conversation` is whose reply address it goes to; None: a mailbox of somebody else."""

    practice: PracticeId
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message_id: str
    conversation: ConversationId | None = None
    key: str | None = field(default=None, repr=False)
    """The reference that says whose it is, where all answers come to one address."""


async def examine_round_trip(office: Office, relay: Relay, letter: RoundTrip, wait: float) -> Finding:
    """Sends it and waits for it. Raises Busy."""
    before = await _standing(office, letter)
    begun = time.monotonic()
    trouble = await hand_over(relay, letter.sender, letter.recipient, composed(office.clock(), letter))
    if trouble is not None:
        return Finding(NAME, fine=False, says=f"not sent: {trouble}")
    if letter.conversation is None:
        return Finding(
            NAME, fine=True, says="the relay took it; look for it in that mailbox, also among its spam"
        )
    if await _arrives(office, letter, before, wait):
        seconds = time.monotonic() - begun
        return Finding(NAME, fine=True, says=f"went out by the relay and came back in {seconds:.1f} seconds")
    return Finding(
        NAME,
        fine=False,
        says=f"the relay took it, and it did not come back within {wait:.0f} seconds: does the mail domain lead here, "
        "and does `quietline serve` run? The relay may still be trying",
    )


async def _arrives(office: Office, letter: RoundTrip, before: set[OriginalId], wait: float) -> bool:
    until = time.monotonic() + wait
    while True:  # bound: `wait` seconds
        for one in await _standing(office, letter) - before:
            before.add(one)
            if await _is_it(office, letter, one):
                return True
        left = until - time.monotonic()
        if left <= 0:
            return False
        await asyncio.sleep(min(LOOK, left))


async def _standing(office: Office, letter: RoundTrip) -> set[OriginalId]:
    """Kept letters of this conversation, whatever became of them."""
    if letter.conversation is None:
        return set()
    return await standing_of(office, letter.practice, letter.conversation)


async def _is_it(office: Office, letter: RoundTrip, original: OriginalId) -> bool:
    kept = await original_named(office, letter.practice, original)
    if kept is None:
        return False
    try:
        _, raw = await open_original(office, kept)
    except CannotOpen:
        return False
    return parse(raw).message_id == letter.message_id


def composed(now: datetime, letter: RoundTrip, words: str = WORDS) -> bytes:
    """As it goes out; `words` say who asked for it and why."""
    mail = EmailMessage()
    mail["From"], mail["To"] = letter.sender, letter.recipient
    mail["Subject"] = "Test letter"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message_id}>"
    if letter.key is not None:
        mail["References"] = f"<{letter.key}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
