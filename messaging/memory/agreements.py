"""What agreements ask of memory: the practice's documents in their versions, and who has agreed to which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.conversations import Working
from messaging.ids import PersonId, PracticeId
from messaging.memory.keys import OwnerKey
from messaging.trust.access import Way


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version; `sealed` is empty where only its number and times were asked for."""

    document: UUID
    number: int
    author: PersonId
    made_at: datetime
    binds_from: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with the numbers and times of all its versions, in order."""

    id: UUID
    language: str
    way: Working
    original: UUID
    made_at: datetime
    ended_at: datetime | None
    versions: tuple[StoredVersion, ...]


@dataclass(frozen=True, slots=True)
class StoredAgreement:
    """Somebody has agreed to a version; `withdrawn_at`: until then."""

    id: UUID
    person: PersonId
    document: UUID
    version: int
    at: datetime
    withdrawn_at: datetime | None
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agree:
    """In the transaction of its event."""

    agreement: StoredAgreement


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What somebody agreed to of these documents holds no more, in the transaction of its event."""

    person: PersonId
    documents: tuple[UUID, ...]
    at: datetime


class Agreements(Protocol):
    """The practice's documents, and what was agreed to in one conversation."""

    async def documents(self, practice: PracticeId, document: UUID | None = None) -> list[StoredDocument]:
        """All of them, the oldest first; or this one."""

    async def versions(self, practice: PracticeId, wanted: Sequence[tuple[UUID, int]]) -> list[StoredVersion]:
        """These versions with their words, by document and number."""

    async def add_document(
        self, practice: PracticeId, document: StoredDocument, first: StoredVersion, key: OwnerKey
    ) -> None:
        """A new one with its first version and its key."""

    async def add_version(self, practice: PracticeId, version: StoredVersion) -> bool:
        """The next one. False where its number is taken."""

    async def end_document(self, practice: PracticeId, document: UUID, at: datetime) -> None:
        """It binds nobody from then on."""

    async def agreed(self, way: Way) -> list[StoredAgreement]:
        """All that was ever agreed to in a conversation, in order."""
