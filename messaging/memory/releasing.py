"""What releases ask of memory: kept with the event that says so, read by whoever they were made to, and ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from messaging.ids import PersonId, PracticeId
from messaging.releases import Release
from messaging.trust.access import Way


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release as kept, its purpose sealed."""

    release: Release
    sealed: bytes = field(repr=False)


class Releases(Protocol):
    """Releases of conversations. What they lead to is read where it is: `Threads.released`, `ProgressNotes.released`."""

    async def find(self, practice: PracticeId, release: UUID) -> StoredRelease | None:
        """One, to see whose it is: until it is found nobody can be let to it."""

    async def of(self, way: Way, limit: int) -> list[StoredRelease]:
        """Those of a conversation, the newest first."""

    async def to(self, practice: PracticeId, receiver: PersonId, now: datetime) -> list[StoredRelease]:
        """Those that somebody may read now, the newest first."""

    async def due(self, now: datetime, lease: timedelta, limit: int) -> Sequence[tuple[PracticeId, UUID]]:
        """Claims those that have expired, until `now + lease`."""

    async def attended(
        self, practice: PracticeId, release: UUID, held_until: datetime, again: datetime | None
    ) -> None:
        """Done with for now; looked at `again`, if it says when."""
