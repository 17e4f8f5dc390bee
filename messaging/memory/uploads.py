"""What files ask of memory that are uploaded for a letter, before it is sent and after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.arriving import FileCheck, FileState
from messaging.trust.access import Errand, Pass, Way


@dataclass(frozen=True, slots=True)
class NewUpload:
    """One that begins. `size`: the octets that are kept free for it; `until`: when it is given up for cut off."""

    id: UUID
    letter: UUID | None
    """Under whose key it is being written."""
    size: int
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """All of it is there. `named`: what it is called, sealed; `due`: when it is looked at next."""

    size: int
    pieces: int
    state: FileState
    due: datetime
    named: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload as kept. `number`: of the entry it stands beside, 0 while it stands beside none."""

    practice: PracticeId
    conversation: ConversationId
    person: PersonId
    id: UUID
    letter: UUID | None
    number: int
    state: FileState
    finding: str | None
    size: int
    pieces: int
    at: datetime
    attempts: int
    named: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AttachUpload:
    """Effect: a file its writer uploaded here stands beside this entry from now on, and beside no other."""

    id: UUID


class Uploads(Protocol):
    """Files uploaded by the holder of the pass into its conversation, in pieces."""

    async def begin(self, held: Pass, new: NewUpload, most: int, octets: int) -> bool:
        """False where the holder has `most` that stand beside no entry, or all of those would be more than `octets`."""

    async def add(self, held: Pass, upload: UUID, number: int, sealed: bytes) -> bool:
        """The next piece. False where it is not arriving any more."""

    async def finish(self, held: Pass, upload: UUID, arrived: Arrived) -> bool:
        """All of it is there. False where it is not arriving any more."""

    async def drop(self, held: Pass, upload: UUID) -> bool:
        """Gone with its pieces, unless it stands beside an entry. False where there is none such."""

    async def find(self, held: Pass, ids: Sequence[UUID]) -> list[StoredUpload]:
        """Those of these that have arrived and stand beside no entry."""

    async def of_letter(self, held: Pass, letter: UUID) -> list[StoredUpload]:
        """The same, of those for a letter, oldest first."""

    async def move(self, held: Pass, ids: Sequence[UUID], letter: UUID) -> None:
        """They are for this letter from now on."""

    async def drop_letter(self, held: Pass, letter: UUID) -> None:
        """All that were uploaded for a letter and stand beside no entry are gone."""

    async def own(self, held: Pass, upload: UUID) -> StoredUpload | None:
        """One that has arrived and stands beside no entry."""

    async def piece(self, way: Way, file: UUID, number: int) -> bytes | None:
        """A sealed piece of a file that may be handed out here: of an entry, or the holder's own. Of any, to look at it."""

    async def due(self, now: datetime, lease: float, limit: int) -> list[StoredUpload]:
        """Claims those whose time has come: to be looked at, or to go. `lease` in seconds."""

    async def settle(self, way: Errand, upload: StoredUpload, check: FileCheck, again: datetime) -> None:
        """Notes what was found; it is due again then."""

    async def put_off(self, upload: StoredUpload, at: datetime) -> None:
        """It is due again then."""

    async def end(self, upload: StoredUpload, again: datetime) -> bool:
        """Its time is over: gone, where it stands beside no entry, and nothing of its letter waits; else due `again`."""
