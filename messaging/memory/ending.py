"""How a record ends: what is erased, with the ledger that keeps it so; and care that ends while the record stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.conversations import Session
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.trust.access import Errand


class Erasable(StrEnum):
    """What can be erased as a whole."""

    CONVERSATION = "conversation"
    PERSON = "person"
    """A client: their own conversations whole, and their words in those they share with other clients."""
    PRACTICE = "practice"
    """All of it, with its people and keys; only its audit trail stays."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """One thing to be erased, and since when it is. Ids only: what it was can be told by nobody."""

    what: Erasable
    practice: PracticeId
    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LegalHold:
    """What must not be erased, and since when it must not."""

    what: Erasable
    practice: PracticeId
    id: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """A conversation in which care has ended, and who was in care there."""

    conversation: ConversationId
    ended_at: datetime
    clients: tuple[PersonId, ...]


Counts = Mapping[str, int]
"""Rows, by the name of their table."""


class Ledger(Protocol):
    """Outside the database and its backups, so that what was erased stays so whatever is restored."""

    def must_take(self) -> None:
        """Raises LedgerTrouble where nothing can be entered."""

    def enter(self, one: Erasing) -> None:
        """Kept on disk when it returns. Raises LedgerTrouble."""

    def entered(self) -> Sequence[Erasing]:
        """All of it, the oldest first. Raises LedgerTrouble."""


class LedgerTrouble(Exception):
    """The file cannot be used; one line for the operator."""


class Endings(Protocol):
    """Erasing, as memory does it: rows are deleted, keys destroyed, nothing of it is left but ids in the audit trail."""

    async def weigh(self, one: Erasing) -> Counts | None:
        """What erasing it would delete; None where there is no such thing. Changes nothing."""

    async def live(self, one: Erasing) -> bool:
        """Whether somebody writes in it right now: in a live session."""

    async def held(self, one: Erasing) -> LegalHold | None:
        """The legal hold that erasing it would break: on itself, on somebody of it, or on a conversation of theirs."""

    async def hold(self, one: Erasing, since: datetime | None) -> bool | None:
        """Holds it from now on, or no more (None). False where that changes nothing, None where there is no such thing."""

    async def holds(self, practice: PracticeId) -> Sequence[LegalHold]:
        """All of a practice, the oldest first."""

    async def erase(self, one: Erasing) -> Counts:
        """Erases it, whole or not at all. Again: nothing happens."""

    async def still_standing(self, entered: Sequence[Erasing]) -> Sequence[Erasing]:
        """Those of what was erased that are here nonetheless: a backup of before was restored."""


@dataclass(frozen=True, slots=True)
class EndCare:
    """Effect: care is over from `at`. What is booked is called off, clinicians' planned letters do not go by themselves."""

    at: datetime


@dataclass(frozen=True, slots=True)
class BeginCare:
    """Effect: care goes on. What was called off stays so; what was written meanwhile waits for its answer from `at` on."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PlanEnd:
    """Effect: it is looked at `at` whether care ends as planned; None: not any more."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A letter of a clinician that would go by itself. Never a word of it."""

    author: PersonId
    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still to come in a conversation: what whoever ends care is told of first. Numbers and times, no words."""

    sessions: Sequence[Session] = ()
    """Booked, in order."""
    waiting: int = 0
    """Letters of those in care since somebody began to wait."""
    planned: Sequence[Planned] = ()


class Care(Protocol):
    """What is still to come where care ends, and which ends are due."""

    async def ahead(self, way: Errand) -> Ahead:
        """All of it, as it stands now."""

    async def ends_due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations whose planned end may have come, until `now + lease`; what another node holds is skipped."""

    async def end_attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""


class Retention(Protocol):
    """What is kept after care has ended."""

    async def over(self, practice: PracticeId) -> Sequence[Over]:
        """Conversations in which care has ended, the longest ago first."""

    async def nowhere(self, practice: PracticeId, clients: Sequence[PersonId]) -> Sequence[PersonId]:
        """Those of these clients of whom no conversation is here any more."""
