"""What forms ask of memory: those of a practice in their versions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import PersonId, PracticeId
from messaging.memory.keys import OwnerKey


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A form, one version of it: the newest, where none was named."""

    id: UUID
    made_at: datetime
    ended_at: datetime | None
    version: int
    author: PersonId
    changed_at: datetime
    sealed: bytes = field(repr=False)


class Forms(Protocol):
    """A practice's forms. A version is added and never changed."""

    async def all(self, practice: PracticeId) -> list[StoredForm]:
        """Each in its newest version, the oldest first."""

    async def versions(self, practice: PracticeId, wanted: Sequence[UUID]) -> list[StoredForm]:
        """All versions of these, in order."""

    async def add(self, practice: PracticeId, form: StoredForm, key: OwnerKey) -> None:
        """A new one, with its key."""

    async def add_version(self, practice: PracticeId, form: StoredForm) -> bool:
        """The next one. False where its number is taken."""

    async def end(self, practice: PracticeId, form: UUID, at: datetime) -> None:
        """It is given no more; twice is once."""
