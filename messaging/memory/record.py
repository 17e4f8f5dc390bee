"""The record as the acts know it: what is posted, what is kept of it, and the one way in."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.conversations import Spoke
from messaging.ids import (
    ConversationId,
    EntryId,
    LetterId,
    PersonId,
    PracticeId,
    SessionId,
)
from messaging.memory.absence import AskCover, BeginCover, EndCover, SetAway, TellAway
from messaging.memory.agreements import Agree, TakeBack
from messaging.memory.arriving import Attach, NoteMessageIds, Settle
from messaging.memory.check_ins import KeepCheckIn
from messaging.memory.conversations import ReadFromStart
from messaging.memory.drafts import DropDraft
from messaging.memory.ending import BeginCare, EndCare, PlanEnd
from messaging.memory.exchanges import AnswerBy
from messaging.memory.leaving import Owe, Watch
from messaging.memory.sending_later import NoLetterSince
from messaging.memory.sessions import EndSession, ExtendSession, MissSession, OpenSession
from messaging.memory.subjects import Concern, SubjectKind, Unread
from messaging.memory.uploads import AttachUpload
from messaging.messages import Channel, Entry, EntryKind
from messaging.releases import EndRelease, MakeRelease
from messaging.trust.access import Errand, Slice, Way


class Gate(StrEnum):
    """What must hold in the database, under the conversation's lock, for a posting to be written."""

    LIVE = "live"
    """The author is a member (or the server), a session is live, and its time is not over."""
    ENDING = "ending"
    """The same, though its time may be over."""
    IDLE = "idle"
    """The author is a member (or the server), no session is live, and care has not ended."""
    MEMBER = "member"
    SYSTEM = "system"
    """No author: the server reports what happened."""


class Turn(StrEnum):
    """What a posting does to who waits for whom."""

    ASKS = "asks"
    ANSWERS = "answers"
    NEITHER = "neither"


class Verdict(StrEnum):
    """What became of a posting."""

    NEW = "new"
    KNOWN = "known"
    NOT_FOUND = "not_found"
    NO_SESSION = "no_session"
    SESSION_LIVE = "session_live"


Effect = (
    OpenSession
    | ExtendSession
    | EndSession
    | MissSession
    | Owe
    | NoteMessageIds
    | Attach
    | AttachUpload
    | Settle
    | KeepCheckIn
    | NoLetterSince
    | Watch
    | DropDraft
    | EndCare
    | BeginCare
    | PlanEnd
    | ReadFromStart
    | Concern
    | MakeRelease
    | EndRelease
    | TellAway
    | SetAway
    | AskCover
    | BeginCover
    | EndCover
    | Agree
    | TakeBack
    | AnswerBy
)


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry on its way into the record. `entry.number` is 0 until it is written."""

    practice: PracticeId
    entry: Entry = field(repr=False)
    key: UUID
    gate: Gate
    turn: Turn
    sealed: bytes = field(repr=False)
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as kept."""

    conversation: ConversationId
    number: int
    id: EntryId
    author: PersonId
    kind: EntryKind
    channel: Channel
    at: datetime
    key: UUID | None
    session: SessionId | None
    letter: LetterId | None
    amends: int | None
    sealed: bytes = field(repr=False)
    amendments: "tuple[StoredEntry, ...]" = ()
    """What corrects or withdraws it, or what it corrects, in order."""


@dataclass(frozen=True, slots=True)
class StoredSubject:
    """An entry as kept, and what it is about."""

    concern: Concern
    entry: StoredEntry = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the record says of a posting: its number, or why there is none."""

    verdict: Verdict
    number: int = 0
    id: EntryId | None = None
    at: datetime | None = None
    session: SessionId | None = None
    revision: int = 0
    waiting_since: datetime | None = None
    first: StoredEntry | None = field(default=None, repr=False)
    """For a known key: what was said first."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file beside an entry: its sealed bytes, or how many pieces it lies in (`memory.uploads`)."""

    sealed: bytes = field(repr=False)
    pieces: int = 0


class Writer(Protocol):
    """Group commit: the one way into a thread."""

    def write(self, posting: Posting) -> Awaitable[Outcome]:
        """Resolves after the commit. Raises Busy when the queue is full or the database away."""


class Threads(Protocol):
    """The record, read: only by a way that `trust.access` made."""

    async def after(self, way: Way, number: int, limit: int) -> list[StoredEntry]:
        """Entries with numbers above `number`, in order."""

    async def before(self, way: Way, number: int, limit: int) -> list[StoredEntry]:
        """The last `limit` entries with numbers below `number`, in order."""

    async def with_files(self, way: Way, number: int, limit: int) -> list[StoredEntry]:
        """The last `limit` entries with numbers below `number` that files stand beside, in order."""

    async def numbered(self, way: Way, number: int) -> StoredEntry | None:
        """One entry."""

    async def released(self, way: Slice, number: int, limit: int, now: datetime) -> list[StoredEntry]:
        """Entries of a released slice with numbers above `number`, with what amends them; none once the release has ended.

        Events are among them where a part is kept as events: which they are, only who opens them knows.
        """

    async def under_key(self, way: Way, author: PersonId, key: UUID) -> StoredEntry | None:
        """What its author first said under a key, without what amends it."""

    async def events(self, way: Way, since: datetime, until: datetime) -> list[StoredEntry]:
        """What happened within, in order; no messages."""

    async def spoke(self, way: Way, session: SessionId) -> list[Spoke]:
        """Who said something in a session, in the order of their first words."""

    async def letters_by_message_ids(self, way: Way, hashes: Sequence[bytes]) -> Mapping[bytes, LetterId]:
        """The letter threads of those of these Message-IDs this conversation knows. One query."""

    async def attachment(self, way: Way, attachment: UUID) -> StoredFile | None:
        """A file of this conversation, once it may be handed out."""


class Subjects(Protocol):
    """Entries by what they are about; written as the effect of their posting (`memory.subjects.Concern`)."""

    async def of_kinds(self, way: Way, kinds: Collection[SubjectKind], limit: int) -> list[StoredSubject]:
        """Those of the conversation, in order; of more than `limit` the latest."""

    async def about(self, way: Way, about: UUID, limit: int) -> list[StoredSubject]:
        """All about one subject of the conversation, in order; of more than `limit` the latest."""

    async def conversation_of(self, practice: PracticeId, about: UUID) -> ConversationId | None:
        """Where an assignment was given, by its name alone: admission to that follows, or nobody is shown it."""

    async def unread_raised(self, way: Errand, limit: int) -> list[Unread]:
        """What is to be read first and no clinician has read, in order; of more than `limit` the first."""

    async def raised_due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations in which such may wait until `now + lease`, skipping those another node holds."""

    async def raised_attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""
