"""The values that cross between the acts and memory: what is sealed travels as bytes, the clear as ids, numbers, times."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from messaging.check_ins import StoredCheckIn
from messaging.conversations import Session
from messaging.drafts_store import DropDraft
from messaging.ids import (
    ConversationId,
    EntryId,
    LetterId,
    MailId,
    OriginalId,
    PersonId,
    PracticeId,
    SessionId,
)
from messaging.mail_stored import MailForm
from messaging.messages import Channel, Entry, EntryKind
from messaging.pending_store import NoLetterSince
from messaging.people import EmailMode, Role
from messaging.promises_store import Watch


class Gate(StrEnum):
    """What must hold in the database, under the conversation's lock, for a posting to be written."""

    LIVE = "live"
    """The author is a member (or the server), a session is live, and its time is not over."""
    ENDING = "ending"
    """The same, though its time may be over."""
    IDLE = "idle"
    """The author is a member and no session is live."""
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


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Effect: the session becomes the conversation's live one."""

    session: Session


@dataclass(frozen=True, slots=True)
class ExtendSession:
    """Effect: the live session is as long as `session` says, or longer where somebody else was faster."""

    session: Session


@dataclass(frozen=True, slots=True)
class EndSession:
    """Effect: the live session ends. `if_over`: only if its time is up at `at`, for it may have been extended."""

    session: SessionId
    at: datetime
    if_over: bool = False


@dataclass(frozen=True, slots=True)
class MissSession:
    """Effect: the booked session was missed, if it still stands as `session` says."""

    session: Session


@dataclass(frozen=True, slots=True)
class Owe:
    """Effect: a mail is owed to one person. `sealed` holds recipient and frozen bytes."""

    mail: MailId
    person: PersonId
    message_ids: tuple[bytes, ...]
    """Keyed hashes of its Message-ID and of its letter thread's own id: a reply to it finds the thread by either."""
    found_by: bytes
    """Keyed hash of its id: a bounce names the mail, the directory its practice."""
    form: MailForm
    sealed: bytes = field(repr=False)
    since: datetime | None = None
    """For a receipt: it is owed only if the wait it speaks of began then, and at most once."""
    rests: timedelta = timedelta()
    """Not handed to a courier before: what it tells of can be undone until then."""


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


@dataclass(frozen=True, slots=True)
class KeepCheckIn:
    """Effect: what a person answered at a check-in stands sealed beside the event that says they did."""

    check_in: StoredCheckIn


Effect = (
    OpenSession
    | ExtendSession
    | EndSession
    | MissSession
    | Owe
    | NoteMessageIds
    | Attach
    | Settle
    | KeepCheckIn
    | NoLetterSince
    | Watch
    | DropDraft
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
class StoredPerson:
    """A person as kept: `sealed` holds name, username and address."""

    practice: PracticeId
    id: PersonId
    role: Role
    email_mode: EmailMode
    active: bool
    created_at: datetime
    password_hash: str | None = field(repr=False)
    sealed: bytes = field(repr=False)


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


class MailState(StrEnum):
    """The truth about an owed mail."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    STOPPED = "stopped"
    REPLACED = "replaced"
    """Another was made in its place."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """An owed mail. `code` is the relay's last reply code; its words may name addresses and are not kept."""

    practice: PracticeId
    id: MailId
    conversation: ConversationId
    number: int
    person: PersonId
    state: MailState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    code: int | None
    form: MailForm | None
    """None for one that was owed before forms were kept."""
    sealed: bytes = field(repr=False)
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueMail:
    """A claimed mail. `reader` None: they no longer belong to the conversation, and it must not be sent."""

    mail: StoredMail
    reader: StoredPerson | None
    until: datetime
    """From then on others may claim it."""
    told_at: datetime | None = None
    """For a notice: when another to the same reader went last; the time of asking while an earlier one is on its way."""


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """A wrapped data key to be kept with what it belongs to."""

    owner: UUID
    wrapped: bytes = field(repr=False)
