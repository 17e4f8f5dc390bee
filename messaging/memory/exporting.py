"""What records made in the background ask of memory: how each export stands, and its file, sealed in chunks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.ids import ConversationId, ExportId, PersonId, PracticeId
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class OfPractice:
    """Who administers a practice, on their way to an archive of all it holds: to its octets, which they cannot open."""

    practice: PracticeId
    person: PersonId

    @property
    def conversation(self) -> None:
        """None: it is of all of them."""
        return None


Holder = Pass | OfPractice
"""Who asked for an export, and is the only one it is handed to."""


class ExportState(StrEnum):
    """How an export stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    GONE = "gone"
    """Its time is over, or a newer one has taken its place: no octet of it is left."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoredExport:
    """One export, as kept. `form` is an `ExportFormat`."""

    practice: PracticeId
    id: ExportId
    conversation: ConversationId | None
    """None: an archive of the whole practice."""
    person: PersonId
    """Who asked for it, and the only one it is handed to."""
    form: str
    state: ExportState
    made_at: datetime
    tries: int
    """How often it was begun. Whoever works on it names the try: one that was given up for dead writes nothing more."""
    progress: int
    """Of a hundred."""
    mark: UUID
    """What tells its octets from any other's (RFC 9110, 8.8.3); nobody is told it but with the octets."""
    octets: int = 0
    expires_at: datetime | None = None
    sealed: bytes | None = field(default=None, repr=False)
    """The key of its chunks, sealed under its conversation's, or the practice's; there once it is ready."""
    own_notes: bool = False
    """Process notes of whoever asked are in it."""

    @property
    def owner(self) -> UUID:
        """Under whose key that is."""
        return self.conversation or self.practice


@dataclass(frozen=True, slots=True)
class NewExport:
    """One that is asked for."""

    id: ExportId
    form: str
    mark: UUID
    at: datetime
    own_notes: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """The file is whole: how long it is, until when it is handed out, and the key of its chunks, sealed."""

    octets: int
    expires_at: datetime
    sealed: bytes = field(repr=False)


class Exports(Protocol):
    """Exports, by who asked for them and of what."""

    async def ask(self, held: Holder, new: NewExport, most: int) -> StoredExport | None:
        """The new one, in the place of what the holder was given in this form before; or one like it that is not made yet,
        with process notes or without as it was asked for last.

        None when `most` of the practice wait or are worked on.
        """

    async def find(self, practice: PracticeId, person: PersonId, named: ExportId) -> StoredExport | None:
        """One that this person asked for."""

    async def of_holder(self, held: Holder) -> list[StoredExport]:
        """What the holder has asked for in this conversation, or of the whole practice, the newest first."""

    async def claim(
        self, now: datetime, lease: timedelta, *, whole: bool = False
    ) -> tuple[PracticeId, ExportId] | None:
        """One that waits, or whose worker died: nobody else's for `lease`. `whole`: of practices, else of conversations."""

    async def begin(
        self,
        practice: PracticeId,
        named: ExportId,
        now: datetime,
        at_once: int,
        again: datetime,
        *,
        whole: bool = False,
    ) -> StoredExport | None:
        """A try begins, from nothing. None where there is nothing to do; or where others of the practice, of its kind, are
        worked on, `at_once` of them: then it is due `again`."""

    async def work_on(
        self,
        held: Holder,
        work: StoredExport,
        progress: int,
        until: datetime,
        chunk: tuple[int, bytes] | None,
    ) -> bool:
        """Keeps a chunk, if there is one, how far it is, and the claim until `until`. False: this try is not the last."""

    async def finish(self, held: Holder, work: StoredExport, whole: Whole) -> bool:
        """It is ready. False: this try is not the last."""

    async def put_off(self, work: StoredExport, again: datetime) -> None:
        """This try ended without a file; another is due then."""

    async def fail(self, work: StoredExport, forgotten: datetime) -> None:
        """It will not be made. It is forgotten then."""

    async def chunk(self, held: Holder, named: ExportId, number: int, now: datetime) -> bytes | None:
        """A chunk of the holder's, sealed. None where it is not to be had: its time is over, it was erased, the holder has
        left or was let go."""

    async def end_old(self, now: datetime, forgotten: datetime, limit: int) -> int:
        """Those whose time is over are gone, and forgotten later; those that are to be forgotten are. How many."""
