"""What a clinician's own snippets ask of memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import PersonId, PracticeId


@dataclass(frozen=True, slots=True)
class StoredSnippet:
    """One of somebody's, as kept."""

    id: UUID
    at: datetime
    sealed: bytes = field(repr=False)


class Snippets(Protocol):
    """Short texts of one person's own."""

    async def of(self, practice: PracticeId, person: PersonId) -> Sequence[StoredSnippet]:
        """All of theirs."""

    async def keep(self, practice: PracticeId, person: PersonId, kept: StoredSnippet, most: int) -> bool:
        """A new one, or other words for one of theirs. False where it would be more than `most`."""

    async def remove(self, practice: PracticeId, person: PersonId, snippet: UUID) -> None:
        """It is gone."""
