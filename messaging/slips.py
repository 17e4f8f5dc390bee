"""A slip for who did something a moment ago: with it they, and nobody else, can undo it while the moment lasts.

It is sealed under the practice's key for this one person, and kept by their browser alone: what stood before, in ids,
numbers and times, and by whose name the page calls it.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, assert_never
from uuid import UUID

from messaging.errors import NotFound
from messaging.fact_forms import AS_SAID, HEX, WHOLE
from messaging.facts import NO_FACTS, Facts, as_texts, read_facts
from messaging.ids import ConversationId, PersonId, PracticeId, SlotId
from messaging.office import Office
from messaging.trust.encryption import CannotOpen, Place

SLIP: Final = "slip"
UNDO: Final = timedelta(seconds=30)
"""How long a deed can be undone; what tells others of it waits as long."""
LONGEST: Final = 1_200
"""Characters: more than the longest of ours, with a long name in it."""


class Undoable(StrEnum):
    """What a stray key or click must not decide for good."""

    SETTLED = "settled"
    REFUSED = "refused"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, repr=False)
class WaitedFacts(Facts):
    """Which entry says that nothing waits, and since when it did."""

    number: int = field(metadata=WHOLE)
    since: datetime = field(metadata=AS_SAID)


@dataclass(frozen=True, slots=True, repr=False)
class StoodFacts(Facts):
    """How a session stood before it was changed, and which offered time it had, of whose."""

    sequence: int = field(metadata=WHOLE)
    starts: datetime = field(metadata=AS_SAID)
    minutes: int = field(metadata=WHOLE)
    slot: SlotId | None = field(default=None, metadata=HEX)
    of: PersonId | None = field(default=None, metadata=HEX)


def _facts_kind(deed: Undoable) -> type[Facts]:
    match deed:
        case Undoable.SETTLED:
            return WaitedFacts
        case Undoable.REFUSED:
            return Facts
        case Undoable.MOVED | Undoable.CANCELLED:
            return StoodFacts
        case _:
            assert_never(deed)


@dataclass(frozen=True, slots=True)
class Slip:
    """A deed of somebody's, done at `at` to `target`: an event's entry, a held letter, a session."""

    deed: Undoable
    conversation: ConversationId
    target: UUID
    at: datetime
    facts: Facts = NO_FACTS
    """How it stood before (`_facts_kind`)."""
    name: str = field(default="", repr=False)

    def left(self, now: datetime) -> timedelta:
        """How long it can still be undone; nothing, or less, when that is over."""
        return self.at + UNDO - now


async def sealed_slip(office: Office, practice: PracticeId, person: PersonId, slip: Slip) -> str:
    """As their browser keeps it: letters, digits, `-` and `_`."""
    held = {
        "d": slip.deed,
        "c": slip.conversation.hex,
        "t": slip.target.hex,
        "a": slip.at.astimezone(UTC).isoformat(),
        "x": as_texts(slip.facts),
        "n": slip.name[:80],
    }
    key = await office.keyring.key(practice, practice)
    inside = json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = office.keyring.seal(key, _place(practice, person), inside)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


async def opened_slip(office: Office, practice: PracticeId, person: PersonId, text: str) -> Slip:
    """Raises NotFound for somebody else's, and for what is none."""
    if len(text) > LONGEST or not text.isascii():
        raise NotFound
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        key = await office.keyring.key(practice, practice)
        held: dict[str, Any] = json.loads(key.open(_place(practice, person), sealed))
    except (binascii.Error, CannotOpen):
        raise NotFound from None
    deed = Undoable(held["d"])
    return Slip(
        deed,
        ConversationId(UUID(hex=held["c"])),
        UUID(hex=held["t"]),
        datetime.fromisoformat(held["a"]),
        read_facts(_facts_kind(deed), held["x"]),
        held["n"],
    )


def _place(practice: PracticeId, person: PersonId) -> Place:
    return Place(SLIP, practice, practice, person)
