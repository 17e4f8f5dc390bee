"""What the acts ask of memory, as Protocols. `threads` answers; nothing here knows SQL."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.conversations import AnswerRule, Conversation, Session
from messaging.ids import (
    ConversationId,
    LetterId,
    MailId,
    OriginalId,
    PersonId,
    PracticeId,
    SessionId,
    SignInId,
)
from messaging.people import Practice
from messaging.stored import (
    InboxRow,
    MailState,
    OriginalState,
    Outcome,
    OwnerKey,
    Posting,
    ReplyRoute,
    StoredEntry,
    StoredMail,
    StoredOriginal,
    StoredPerson,
    StoredSignIn,
)


class Writer(Protocol):
    """Group commit: the one way into a thread."""

    def write(self, posting: Posting) -> Awaitable[Outcome]:
        """Resolves after the commit. Raises Busy when the queue is full or the database away."""


class Threads(Protocol):
    """The record, read."""

    async def after(
        self, practice: PracticeId, conversation: ConversationId, number: int, limit: int
    ) -> list[StoredEntry]:
        """Entries with numbers above `number`, in order."""

    async def before(
        self, practice: PracticeId, conversation: ConversationId, number: int, limit: int
    ) -> list[StoredEntry]:
        """The last `limit` entries with numbers below `number`, in order."""

    async def numbered(
        self, practice: PracticeId, conversation: ConversationId, number: int
    ) -> StoredEntry | None:
        """One entry."""

    async def letter_by_message_ids(
        self, practice: PracticeId, conversation: ConversationId, hashes: Sequence[bytes]
    ) -> LetterId | None:
        """The letter thread of the first of these Message-IDs this conversation knows. One query."""

    async def attachment(
        self, practice: PracticeId, conversation: ConversationId, attachment: UUID
    ) -> bytes | None:
        """The sealed bytes of an attachment of this conversation."""


class Conversations(Protocol):
    """Relations, sessions and read marks."""

    async def find(self, practice: PracticeId, conversation: ConversationId) -> Conversation | None:
        """The conversation with its current members."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[InboxRow]:
        """All this person belongs to."""

    async def create(self, conversation: Conversation, key: OwnerKey, at: datetime) -> None:
        """A new conversation with its members and key."""

    async def book(self, practice: PracticeId, session: Session) -> None:
        """A booked session."""

    async def extend(self, practice: PracticeId, session: Session) -> None:
        """A live session's new length; rings the bell."""

    async def session(self, practice: PracticeId, session: SessionId) -> Session | None:
        """One session."""

    async def sessions_of(
        self, practice: PracticeId, conversation: ConversationId, limit: int
    ) -> list[Session]:
        """The latest sessions of a conversation, newest first."""

    async def next_booked(
        self, practice: PracticeId, conversations: Iterable[ConversationId], after: datetime
    ) -> list[Session]:
        """Booked sessions of these conversations still to come, soonest first."""

    async def mark_read(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, number: int
    ) -> None:
        """Moves the person's own read mark forward."""

    async def remove_member(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, at: datetime
    ) -> bool:
        """Ends a membership, raises the revision, and rings the bell. False when there was none."""

    async def set_answer_rule(
        self, practice: PracticeId, conversation: ConversationId, rule: AnswerRule
    ) -> None:
        """When letters are answered here."""


class People(Protocol):
    """Practices and those who sign in."""

    async def practice(self, practice: PracticeId) -> Practice | None:
        """One practice."""

    async def create_practice(
        self, practice: Practice, key: OwnerKey, slug_hash: bytes, at: datetime
    ) -> None:
        """A new practice with its key. Raises Conflict when the slug is taken."""

    async def find(self, practice: PracticeId, ids: Sequence[PersonId]) -> list[StoredPerson]:
        """Those of the ids that exist."""

    async def all(self, practice: PracticeId) -> list[StoredPerson]:
        """Everyone of a practice."""

    async def create(
        self,
        person: StoredPerson,
        key: OwnerKey,
        names: Sequence[tuple[str, bytes]],
        at: datetime,
    ) -> None:
        """A new person and the keyed hashes (kind, hash) under which they are found. Raises Conflict when taken."""

    async def set_password(self, practice: PracticeId, person: PersonId, encoded: str) -> None:
        """Replaces the password's hash."""


class SignIns(Protocol):
    """Browsers' and programs' authenticated periods."""

    async def create(self, sign_in: StoredSignIn, token_hashed: bytes) -> None:
        """A new sign-in."""

    async def create_many(self, made: Sequence[tuple[StoredSignIn, bytes]]) -> None:
        """Thousands at once."""

    async def find(self, practice: PracticeId, token_hashed: bytes) -> StoredSignIn | None:
        """The sign-in with this token, unless it was ended."""

    async def touch(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> None:
        """Somebody acted."""

    async def end(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> bool:
        """Ends it and rings the bell; True when it was still running (so an invitation is used at most once)."""


class Directory(Protocol):
    """Which practice does a name, address or token belong to? Keyed hashes and ids only."""

    async def find(self, kind: str, hashed: bytes) -> list[tuple[PracticeId, UUID]]:
        """All practices and targets known under this hash."""

    async def find_many(self, kind: str, hashes: Sequence[bytes]) -> Mapping[bytes, tuple[PracticeId, UUID]]:
        """The practice and target of each hash that is known, for thousands at once."""

    async def practices(self) -> list[PracticeId]:
        """Every practice of the installation."""


class Mailbox(Protocol):
    """Letters by mail, both ways: originals in, owed mail out."""

    async def keep_original(self, original: StoredOriginal) -> None:
        """Commits a letter as it arrived and queues it for reading."""

    async def due_originals(self, now: datetime, lease: float, limit: int) -> list[StoredOriginal]:
        """Claims originals to be read, skipping those another worker holds. `lease` in seconds."""

    async def original(self, practice: PracticeId, original: OriginalId) -> StoredOriginal | None:
        """One original."""

    async def decide_original(
        self, original: StoredOriginal, state: OriginalState, reason: str | None, summary: bytes | None
    ) -> bool:
        """Notes what became of an original that did not become a message. False when it no longer stood so."""

    async def move_original(self, original: StoredOriginal) -> bool:
        """A held letter without a conversation gets one, sealed anew under its key. False when it has one already."""

    async def held(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> list[StoredOriginal]:
        """The screener: held letters of these conversations, and those nobody could be found for. Without `raw`."""

    async def count_originals(self, practice: PracticeId) -> dict[str, int]:
        """How many stand in each state: together, all that were ever accepted."""

    async def retry_original(self, original: StoredOriginal, at: datetime) -> None:
        """Reading failed: it will be tried again."""

    async def reply_route(self, hashed: bytes) -> ReplyRoute | None:
        """Where a reply address leads."""

    async def reply_token(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId
    ) -> bytes | None:
        """The sealed reply token of a member."""

    async def keep_reply_token(self, route: ReplyRoute, hashed: bytes, sealed: bytes, at: datetime) -> None:
        """A new reply token; an older one of the pair keeps working until it is revoked."""

    async def due_mail(self, now: datetime, lease: float, limit: int) -> list[StoredMail]:
        """Claims owed mail. One found `sending` was in a courier's hands when it died."""

    async def begin_mail(self, mail: StoredMail) -> bool:
        """Marks it `sending` before its words leave. False when it no longer stood as `mail` says."""

    async def settle_mail(
        self, mail: StoredMail, state: MailState, code: int | None, at: datetime, next_at: datetime | None
    ) -> None:
        """Notes what became of it; with `next_at` it is tried again."""

    async def mail(self, practice: PracticeId, mail: MailId) -> StoredMail | None:
        """One owed mail."""

    async def mail_of(
        self, practice: PracticeId, conversation: ConversationId, numbers: Sequence[int]
    ) -> list[StoredMail]:
        """The mails owed for these entries, without their bytes."""


class Keys(Protocol):
    """Wrapped keys."""

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        """The wrapped key of an owner."""

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> Mapping[UUID, bytes]:
        """Those of the owners that have a key."""


class Trail(Protocol):
    """The audit trail: append-only, chained."""

    def note(
        self, practice: PracticeId, at: datetime, actor: PersonId, action: str, subject: UUID | None
    ) -> Awaitable[None]:
        """Appends one line; resolves after the commit."""

    async def verify(self, practice: PracticeId) -> tuple[int, int | None]:
        """How many lines stand, and the first that does not fit the chain."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All of it, as the house hands it to the acts."""

    writer: Writer
    threads: Threads
    conversations: Conversations
    people: People
    sign_ins: SignIns
    directory: Directory
    mailbox: Mailbox
    keys: Keys
    trail: Trail
