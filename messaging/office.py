"""What the acts work with: memory, keys, a clock, randomness, and the ports to slow or outside work.

The house builds one office for a process. Everything here is given, so that an act is a computation over its arguments.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.conversations import Session
from messaging.ids import ConversationId, EntryId, MailId, SessionId
from messaging.measures.measure import Measure
from messaging.memory.leaving import MailForm
from messaging.memory.whole import Memory
from messaging.people import Person, Practice
from messaging.trust.encryption import InstallationKey, Keyring
from messaging.trust.locks import Locks, Locksmith
from messaging.trust.signed_challenges import Witness


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom something is hashed. Who waits takes turns by `key`: a network, a device, a person."""

    key: Hashable
    known: bool
    """A signed-in person, a known device, whoever somebody vouches for: has a place that no stranger can take."""

    def begun(self) -> "Asking":
        """The same, once a first piece of work is done: what was begun is not refused half-way."""
        return Asking(self.key, known=True)


class PasswordDesk(Protocol):
    """Argon2id off the event loop, a bounded number at a time. Raises Busy when too many wait."""

    def verify(self, encoded: str | None, password: str, asking: Asking) -> Awaitable[bool]:
        """See `messaging.trust.passwords.verify_password`."""

    def hash(self, password: str, asking: Asking) -> Awaitable[str]:
        """See `messaging.trust.passwords.hash_password`."""

    def is_common(self, password: str) -> Awaitable[bool]:
        """Whether many people use it, so that whoever guesses begins with it."""


class Sentence(StrEnum):
    """Each has its words in `channels.email.composing.system_lines`, in every language."""

    AWAY = "away"
    """That `who` is away from `day` on: never why, or for how long."""
    COVER_ASKED = "cover_asked"
    """Whether `who` may stand in for `absent`."""
    COVER_BEGAN = "cover_began"
    COVER_ENDED = "cover_ended"
    """`who` no longer stands in."""
    CARE_ENDED = "care_ended"
    CARE_BEGUN_AGAIN = "care_begun_again"
    AGREEMENT_AWAITED = "agreement_awaited"
    """A letter came, and its writer has still to agree."""
    HANDED_OVER = "handed_over"
    """From now on `who` answers."""


@dataclass(frozen=True, slots=True)
class SystemLine:
    """A line the server itself wrote; the press says it in its reader's language. Of who is gone, the name is empty."""

    sentence: Sentence
    who: str = field(default="", repr=False)
    absent: str = field(default="", repr=False)
    day: date | None = None


@dataclass(frozen=True, slots=True)
class MailOrder:
    """A mail to be made: to one person, about one letter or a line of the server's. `text` is what their mode may show."""

    practice: Practice
    mail: MailId
    to: Person = field(repr=False)
    entry: EntryId
    conversation: ConversationId
    at: datetime
    reply_token: str = field(repr=False)
    text: str | SystemLine = field(repr=False)
    answers: str | None = field(default=None, repr=False)
    """Message-ID of the client's mail that this answers."""
    thread_index: str | None = field(default=None, repr=False)
    """Its Thread-Index, where Outlook wrote one."""
    thread: EntryId | None = None
    """The first letter of the thread."""
    files: bool = False
    """Files came with the letter: they stay here, and the mail says where."""
    locks: Locks | MailForm | None = None
    """For a reader who wants OpenPGP: what it is locked with, or which notice they get because it cannot be."""


class About(StrEnum):
    """What a mail about an appointment is for."""

    ARRANGED = "arranged"
    """Booked or moved: the session's sequence tells calendars which of two is the newer."""
    CANCELLED = "cancelled"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class AppointmentOrder:
    """A mail about a session, to one person: it says when it is and nothing of whom it is with."""

    practice: Practice
    mail: MailId
    to: Person = field(repr=False)
    session: Session
    about: About
    at: datetime
    reply_token: str | None = field(default=None, repr=False)
    """None for those whose answer by mail would be no letter: clinicians."""
    before: int = 0
    """For a reminder: how many minutes before the start it was due, so that each is one mail."""

    @property
    def conversation(self) -> ConversationId:
        """Whose session it is."""
        return self.session.conversation


@dataclass(frozen=True, slots=True)
class PromiseOrder:
    """A mail about a promise, to one person: a receipt, or that the answer is late. Fixed words and the time."""

    practice: Practice
    mail: MailId
    to: Person = field(repr=False)
    conversation: ConversationId
    form: MailForm
    promise: datetime | None
    """None: care has ended, and no time is promised."""
    at: datetime
    reply_token: str | None = field(default=None, repr=False)
    """None for those who care or administer: their answer by mail would be no letter."""
    since: datetime | None = None
    """When the wait it speaks of began: after an answer it is not true any more."""
    answers: str | None = field(default=None, repr=False)
    """Message-ID of the mail that this answers by itself."""
    unread: bool = False
    """Of an alarm: it is no answer that is late; something that is to be read first was not read in time."""


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """A mail about its reader's own ways in, in fixed words: who writes to them, and to what, is not said.

    `token` opens what it leads to, `when` is the time it names.
    """

    practice: Practice
    mail: MailId
    to: Person = field(repr=False)
    conversation: ConversationId
    """Under whose key it is sealed; nothing in it is of this conversation."""
    form: MailForm
    at: datetime
    token: str = field(default="", repr=False)
    when: datetime | None = None


Order = MailOrder | AppointmentOrder | PromiseOrder | AccountOrder


@dataclass(frozen=True, slots=True)
class FrozenMail:
    """A mail as it will be sent, byte for byte, however often it is tried."""

    recipient: str = field(repr=False)
    sender: str = field(repr=False)
    message_id: str = field(repr=False)
    raw: bytes = field(repr=False)
    whole: bool = True
    """It says what somebody wrote: a second copy would be read as a second letter. A notice may be sent again."""
    locked_for: str | None = None
    """The fingerprint of the one key that opens it."""
    form: MailForm = MailForm.WHOLE
    session: SessionId | None = None
    """The session it speaks of, as it stood at `sequence`: a later change makes it untrue."""
    sequence: int = 0
    since: datetime | None = None
    """The wait it speaks of; an answer ends it."""


class Press(Protocol):
    """Makes outgoing mail (the floor above knows how)."""

    def freeze(self, order: MailOrder) -> Awaitable[FrozenMail]:
        """The mail, final. Locking it may take a while: the key was chosen by its reader."""

    def thread_id(self, order: MailOrder) -> str:
        """What stands first in the References of every mail of its letter thread to its reader, and is no Message-ID."""

    def freeze_appointment(self, order: AppointmentOrder) -> FrozenMail:
        """The mail with its calendar file, or the reminder; final."""

    def freeze_promise(self, order: PromiseOrder) -> FrozenMail:
        """The receipt, or the word that an answer is late; final."""

    def freeze_account(self, order: AccountOrder) -> FrozenMail:
        """The mail about its reader's own ways in; final."""

    def calendar_file(self, practice: Practice, session: Session, at: datetime) -> bytes:
        """The session for the calendar of whoever asks; imported again it updates what it made."""

    def sender_address(self, practice: Practice) -> str:
        """The neutral address from which a practice's mail comes."""

    def new_token(self, random: bytes) -> str:
        """A fresh reply token from 16 random bytes."""


@dataclass(frozen=True, slots=True)
class Office:
    """Handed to every act."""

    memory: Memory
    keyring: Keyring
    installation: InstallationKey
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    passwords: PasswordDesk
    press: Press
    locksmith: Locksmith
    witness: Witness
    room_left: Callable[[], bool]
    """False below the low-water mark of the disk."""
    breathe: Callable[[], Awaitable[None]]
    """Lets everybody else have their turn; awaited between pieces of work whose number somebody else chose."""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    """The instruments there are, by name (`measures.packs`)."""
    checks_files: bool = False
    """Files that come by mail wait until a checker has looked at them."""

    def new_id(self) -> UUID:
        """A fresh random UUID (version 4)."""
        return UUID(bytes=self.random(16), version=4)
