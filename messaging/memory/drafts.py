"""What drafts ask of memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A text that is being written, as kept."""

    id: UUID
    kind: str
    revision: int
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Effect of a posting: what stood under its key as a draft of the same author is none any more."""


class Drafts(Protocol):
    """Texts that are being written, by who writes them and where: the holder of the pass."""

    async def find(self, held: Pass, draft: UUID) -> StoredDraft | None:
        """One draft of this person."""

    async def of(self, held: Pass) -> list[StoredDraft]:
        """All drafts of this person in this conversation."""

    async def count(self, held: Pass) -> int:
        """How many there are."""

    async def sent(self, held: Pass, ids: Sequence[UUID]) -> Collection[UUID]:
        """Those of the ids that are keys of this person's entries here, or of letters that wait to be sent."""

    async def add(self, held: Pass, draft: StoredDraft) -> bool:
        """A new draft. False when there is one of this id."""

    async def replace(self, held: Pass, draft: StoredDraft) -> bool:
        """The next revision. False when the one before it is no longer the one that stands."""

    async def remove(self, held: Pass, draft: UUID) -> None:
        """Its words are gone."""
