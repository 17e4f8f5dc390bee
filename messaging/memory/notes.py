"""What notes ask of memory: versions of progress notes, and process notes by their author."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.keys import OwnerKey
from messaging.trust.access import Pass, Slice, Way


@dataclass(frozen=True, slots=True)
class StoredProgress:
    """One version of a progress note. `made_at` is the note's, `at` the version's; `sealed` empty: taken out by it."""

    conversation: ConversationId
    id: UUID
    version: int
    author: PersonId
    made_at: datetime
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredProcess:
    """A process note, as kept."""

    conversation: ConversationId
    id: UUID
    author: PersonId
    revision: int
    made_at: datetime
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnNotes:
    """The process notes of one author about one conversation: since when care is over, or the author has left it.

    `let_go`: the author cannot come in any more. Never a word of them.
    """

    conversation: ConversationId
    author: PersonId
    ended_at: datetime | None
    left_at: datetime | None
    let_go: bool
    count: int


class ProgressNotes(Protocol):
    """Progress notes of a conversation. Who joined it later reads those made since; its entries are read the same way."""

    async def add(self, held: Pass, note: StoredProgress) -> bool:
        """A version. False where it stands already, the one before it is not the holder's newest, or they have left."""

    async def page(self, way: Way, before: UUID | None, limit: int) -> list[StoredProgress]:
        """The newest version of each note, the newest notes first; of those made before one of them where it is named."""

    async def versions(self, way: Way, note: UUID) -> list[StoredProgress]:
        """All of one note, in order."""

    async def released(self, way: Slice, limit: int, now: datetime) -> list[StoredProgress]:
        """Those made in the time of a released slice, in their newest versions; none once the release has ended."""


class ProcessNotes(Protocol):
    """Process notes of whoever holds the pass, and of nobody else."""

    async def find(self, held: Pass, note: UUID) -> StoredProcess | None:
        """One of the holder's here."""

    async def page(self, held: Pass, before: UUID | None, limit: int) -> list[StoredProcess]:
        """The holder's here, the newest first; of those made before one of them where it is named."""

    async def add(self, held: Pass, note: StoredProcess) -> bool:
        """A new one. False where there is one of this id, or the holder has left."""

    async def replace(self, held: Pass, note: StoredProcess) -> bool:
        """The next revision. False when the one before it is no longer the one that stands."""

    async def remove(self, held: Pass, note: UUID) -> bool:
        """It is gone. False where there was none."""

    async def keep_key(self, held: Pass, key: OwnerKey, at: datetime) -> None:
        """The holder's own key, unless there is one."""

    async def standing(self, practice: PracticeId) -> list[OwnNotes]:
        """Of whom notes are kept, and about which conversations."""

    async def erase(self, practice: PracticeId, what: OwnNotes) -> int:
        """All of one author about one conversation; how many."""
