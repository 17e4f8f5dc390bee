"""What the acts ask of memory, as Protocols. `threads` answers; nothing here knows SQL."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from messaging.bookings import Bookings, Slots
from messaging.check_ins import CheckIns
from messaging.conversations import AnswerRule, Conversation, Session, SessionRules, Spoke
from messaging.drafts_store import Drafts
from messaging.ids import (
    ConversationId,
    LetterId,
    PersonId,
    PracticeId,
    SessionId,
    SignInId,
)
from messaging.inbox_store import Inboxes
from messaging.locks import PersonKeys
from messaging.looking_up import Lookups
from messaging.mail_store import Files, FurtherAddresses, Mailbox, Mailboxes
from messaging.pending_store import PendingLetters
from messaging.people import EmailMode, Practice
from messaging.promises_store import Promises
from messaging.sign_ins import StoredSignIn
from messaging.stored import (
    Outcome,
    OwnerKey,
    Posting,
    StoredEntry,
    StoredPerson,
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

    async def under_key(
        self, practice: PracticeId, conversation: ConversationId, author: PersonId, key: UUID
    ) -> StoredEntry | None:
        """What its author first said under a key, without what amends it."""

    async def events(
        self, practice: PracticeId, conversation: ConversationId, since: datetime, until: datetime
    ) -> list[StoredEntry]:
        """What happened within, in order; no messages."""

    async def spoke(
        self, practice: PracticeId, conversation: ConversationId, session: SessionId
    ) -> list[Spoke]:
        """Who said something in a session, in the order of their first words."""

    async def letter_by_message_ids(
        self, practice: PracticeId, conversation: ConversationId, hashes: Sequence[bytes]
    ) -> LetterId | None:
        """The letter thread of the first of these Message-IDs this conversation knows. One query."""

    async def waiting_letter(
        self, practice: PracticeId, conversation: ConversationId, author: PersonId, since: datetime
    ) -> LetterId | None:
        """The letter thread of the author's last letter that was written no earlier than `since`."""

    async def attachment(
        self, practice: PracticeId, conversation: ConversationId, attachment: UUID
    ) -> bytes | None:
        """The sealed bytes of an attachment of this conversation, once it may be handed out."""


class Conversations(Protocol):
    """Relations and read marks."""

    async def find(self, practice: PracticeId, conversation: ConversationId) -> Conversation | None:
        """The conversation with its current members."""

    async def live_of(self, practice: PracticeId, person: PersonId) -> list[tuple[ConversationId, SessionId]]:
        """Where a session is live that this person belongs to."""

    async def changed(
        self, practice: PracticeId, people: Sequence[PersonId], since: datetime
    ) -> list[ConversationId]:
        """Conversations of theirs with an entry since; the newest, where there are very many."""

    async def create(self, conversation: Conversation, key: OwnerKey, at: datetime) -> None:
        """A new conversation with its members and key."""

    async def mark_read(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, number: int
    ) -> None:
        """Moves the person's own read mark forward."""

    async def remove_member(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, at: datetime
    ) -> bool:
        """Ends a membership and its reply addresses, raises the revision, rings the bell. False when there was none."""

    async def set_answer_rule(
        self, practice: PracticeId, conversation: ConversationId, rule: AnswerRule
    ) -> None:
        """When letters are answered here."""


class Sessions(Protocol):
    """Therapy sessions."""

    async def book(self, practice: PracticeId, session: Session, at: datetime) -> None:
        """A booked session as an import has it, whatever else is at that time. It is due to be attended at `at`."""

    async def rules(self, practice: PracticeId) -> SessionRules:
        """The practice's own, or the usual ones."""

    async def set_rules(self, practice: PracticeId, rules: SessionRules) -> None:
        """The practice's own from now on."""

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[tuple[PracticeId, SessionId]]:
        """Claims sessions that somebody must look at now, until `now + lease`."""

    async def next_due(self) -> datetime | None:
        """When the next one is due."""

    async def attended(
        self, practice: PracticeId, session: SessionId, held_until: datetime, again: datetime | None
    ) -> None:
        """Done with for now; unless it was changed meanwhile, which made it due at another time."""

    async def find(self, practice: PracticeId, session: SessionId) -> Session | None:
        """One session."""

    async def of_conversation(
        self, practice: PracticeId, conversation: ConversationId, limit: int
    ) -> list[Session]:
        """The latest sessions of a conversation, newest first."""

    async def next_booked(
        self, practice: PracticeId, conversations: Iterable[ConversationId], after: datetime
    ) -> list[Session]:
        """Booked sessions of these conversations still to come, soonest first."""


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

    async def set_email_mode(self, practice: PracticeId, person: PersonId, mode: EmailMode) -> None:
        """What our mail to them may say from now on."""

    async def set_time_zone(self, practice: PracticeId, time_zone: str) -> None:
        """Where the practice is. What it has promised is looked at again."""

    async def reseal(self, practice: PracticeId, person: PersonId, was: bytes, sealed: bytes) -> bool:
        """Other details in the place of those that are known. False when they are others by now."""


class SignIns(Protocol):
    """Browsers' and programs' authenticated periods."""

    async def create(self, sign_in: StoredSignIn, token_hashed: bytes) -> None:
        """A new sign-in."""

    async def create_many(self, made: Sequence[tuple[StoredSignIn, bytes]]) -> None:
        """Thousands at once."""

    async def find(self, practice: PracticeId, token_hashed: bytes) -> StoredSignIn | None:
        """The sign-in with this token, unless it was ended."""

    async def standing(self, asked: Sequence[tuple[PracticeId, SignInId]]) -> set[SignInId]:
        """Those of them that were not ended, and whose people are active. Whether their time has run out is not said."""

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
        """How many lines stand, and the first that does not fit the chain; one more where its end was cut off."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All of it, as the house hands it to the acts."""

    writer: Writer
    threads: Threads
    conversations: Conversations
    inboxes: Inboxes
    sessions: Sessions
    bookings: Bookings
    slots: Slots
    drafts: Drafts
    pending_letters: PendingLetters
    promises: Promises
    check_ins: CheckIns
    people: People
    sign_ins: SignIns
    directory: Directory
    mailbox: Mailbox
    mailboxes: Mailboxes
    further_addresses: FurtherAddresses
    person_keys: PersonKeys
    files: Files
    keys: Keys
    trail: Trail
    lookups: Lookups
