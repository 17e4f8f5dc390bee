"""A release: a slice of a record that its client lets somebody else read, for a purpose and a time, and can take back."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from messaging.fact_forms import ID, LINES, YES, ZULU
from messaging.facts import OfNamed
from messaging.ids import ConversationId, PersonId, PracticeId


class Part(StrEnum):
    """What of a record a release can hold. Process notes are none of it: they are their author's."""

    LETTER = "letter"
    CHAT = "chat"
    MEASURE = "measure"
    PLAN = "plan"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Release:
    """Which parts of which time, from whom to whom, and until when it may be read. Both times of the slice are within it."""

    practice: PracticeId
    conversation: ConversationId
    id: UUID
    giver: PersonId
    receiver: PersonId
    made_at: datetime
    parts: frozenset[Part]
    since: datetime
    until: datetime | None
    """None: also what is still to come, for as long as it may be read."""
    expires: datetime
    ended_at: datetime | None = None
    """Taken back before it expired, or expired and noted as such."""

    def stands(self, now: datetime) -> bool:
        """Whether it may still be read."""
        return self.ended_at is None and now < self.expires


@dataclass(frozen=True, slots=True)
class MakeRelease:
    """Effect: a release stands from now on, and is looked at when it expires. `sealed`: what it is for."""

    release: Release
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndRelease:
    """Effect: it is over, and whoever reads it is told so at once. One that is over already changes nothing."""

    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ReleaseFacts(OfNamed):
    """Of a release, as the record says it: who may read what of which time, until when, and what for."""

    release: UUID = field(metadata=ID)
    parts: tuple[str, ...] = field(metadata=LINES)
    since: datetime = field(metadata=ZULU)
    expires: datetime = field(metadata=ZULU)
    until: datetime | None = field(default=None, metadata=ZULU)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ReleaseEndedFacts(OfNamed):
    """Which release is over, and whose reading ended with it. `back`: it was taken back before its time."""

    release: UUID = field(metadata=ID)
    back: bool = field(default=False, metadata=YES)
