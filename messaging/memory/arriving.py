"""Letters by mail as they came, their files and addresses, and the mailboxes they are fetched from."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.ids import (
    ConversationId,
    OriginalId,
    PersonId,
    PracticeId,
)
from messaging.trust.access import Pass, Way


@dataclass(frozen=True, slots=True)
class ReplyRoute:
    """Where a reply address leads."""

    practice: PracticeId
    conversation: ConversationId
    person: PersonId
    revoked: bool


@dataclass(frozen=True, slots=True)
class FurtherAddress:
    """An address beside the registered one, as kept."""

    id: UUID
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far a mailbox elsewhere was fetched: its UIDVALIDITY, and the last UID that is done with (RFC 9051 2.3.1.1)."""

    validity: int
    uid: int


class FileState(StrEnum):
    """Whether a file may be handed out."""

    ARRIVING = "arriving"
    """It is being uploaded, or was and broke off: nobody sees it."""
    WAITING = "waiting"
    CLEAN = "clean"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How a file stands; `finding` is the checker's own word for what it found."""

    state: FileState
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that was claimed to be looked at, for the `attempts`th time."""

    practice: PracticeId
    conversation: ConversationId
    id: UUID
    attempts: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoteMessageIds:
    """Effect: the letter thread can be found again by these Message-IDs (keyed hashes), where they are not another's."""

    message_ids: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Attach:
    """Effect: a sealed attachment stands beside its entry. `waiting`: a checker looks at it before anybody gets it."""

    id: UUID
    size: int
    sealed: bytes = field(repr=False)
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """Effect: the original that became this entry is done with."""

    original: OriginalId
    state: "OriginalState"


class OriginalState(StrEnum):
    """Where a received letter stands. Every one ends in a state that can be counted."""

    RECEIVED = "received"
    DELIVERED = "delivered"
    HELD = "held"
    EVENT = "event"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StoredOriginal:
    """A letter as it arrived: raw and envelope sealed, and what was decided about it."""

    practice: PracticeId
    id: OriginalId
    conversation: ConversationId | None
    person: PersonId | None
    """Whose reply address it came to."""
    state: OriginalState
    reason: str | None
    received_at: datetime
    attempts: int
    envelope: bytes = field(repr=False)
    raw: bytes = field(repr=False)
    summary: bytes | None = field(default=None, repr=False)


class FurtherAddresses(Protocol):
    """Addresses a clinician found to be a client's, beside the registered one. Sealed; only ever read with their person."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[FurtherAddress]:
        """All of a person, oldest first."""

    async def of_clients(
        self, practice: PracticeId, clinician: PersonId
    ) -> list[tuple[PersonId, FurtherAddress]]:
        """All of those for whom a clinician cares, with whose they are; oldest first for each."""

    async def keep(
        self, practice: PracticeId, person: PersonId, address: FurtherAddress, checked_by: PersonId
    ) -> None:
        """One more."""

    async def forget(self, practice: PracticeId, person: PersonId, address: UUID) -> bool:
        """No longer believed. False when it was not there."""


class Files(Protocol):
    """Files that came by mail, and whether a virus checker has looked at them."""

    async def due(self, now: datetime, lease: float, limit: int) -> list[WaitingFile]:
        """Claims files to be looked at, skipping those another worker holds. `lease` in seconds."""

    async def settle(self, file: WaitingFile, check: FileCheck) -> None:
        """Notes what was found."""

    async def retry(self, file: WaitingFile, at: datetime) -> None:
        """Nobody looked: it will be offered again."""

    async def held_back(self, way: Way, files: Sequence[UUID]) -> dict[UUID, FileCheck]:
        """Those of these files that may not be handed out."""

    async def stands_beside(self, held: Pass, file: UUID) -> int | None:
        """The number of the entry that a file of this conversation came with."""


class Turn(Protocol):
    """The turn at a mailbox elsewhere: nobody else fetches from it. Every act raises Busy once it is lost."""

    async def position(self) -> Fetched | None:
        """How far the mailbox was fetched; None: never yet."""

    async def kept(self, letter: bytes) -> bool:
        """Whether the letter with this keyed hash was kept before, under whatever number."""

    async def move(self, to: Fetched, letter: bytes | None, originals: Sequence[StoredOriginal]) -> None:
        """One transaction: the letter is kept (for each of those it is for), remembered, and the position is behind it."""


class Mailboxes(Protocol):
    """Mailboxes elsewhere, named by a keyed hash."""

    def turn(self, mailbox: bytes) -> AbstractAsyncContextManager[Turn | None]:
        """This node's turn, or None while another node has it. Raises Busy."""
