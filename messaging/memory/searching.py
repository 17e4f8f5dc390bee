"""What a search asks of memory: whose caseload it is, and sealed entries in portions, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from messaging.conversations import Conversation
from messaging.ids import PersonId, PracticeId
from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.trust.access import Pass


class Sort(StrEnum):
    """What was found, or is looked for alone."""

    LETTER = "letter"
    CHAT = "chat"
    NOTE = "note"
    EVENT = "event"
    FILE = "file"
    """By its name."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of it is looked through. `until` is the first moment that is not meant."""

    sort: Sort | None = None
    since: datetime | None = None
    until: datetime | None = None


SealedRow = tuple[int, bytes, bytes, bytes, str, str, bytes | None, int | None, bytes, bool]
"""An entry as the hot way takes it, no value made that nobody may ask for: number, id, author, time, kind, channel, letter,
what it amends, the sealed words, and whether it is only beside for what it amends. Ids are octets; the time is microseconds
since 2000, as PostgreSQL sends it: 8 octets, big-endian, signed.
"""


class Caseloads(Protocol):
    """Conversations of a person, for a search."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> Sequence[Conversation]:
        """All they belong to now, with their members."""


class Portions(Protocol):
    """Sealed entries of one conversation."""

    async def below(self, held: Pass, number: int, narrowed: Narrowed, most: int) -> Sequence[SealedRow]:
        """The newest below this number, the newest first, and beside them what amends them; none at its beginning."""


class NotePortions(Protocol):
    """Notes of one person's caseload, the newest first; `held` is that person's, for notes."""

    async def progress_before(
        self, held: Sequence[Pass], note: StoredProgress | None, narrowed: Narrowed
    ) -> Sequence[StoredProgress]:
        """Those that stand, as they stand, made before this one; none at the beginning."""

    async def process_before(
        self, held: Sequence[Pass], note: StoredProcess | None, narrowed: Narrowed
    ) -> Sequence[StoredProcess]:
        """The holder's own, made before this one; none at the beginning."""
