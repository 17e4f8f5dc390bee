"""Who is in care with whom: the conversation and its sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from messaging.ids import ConversationId, LetterId, PersonId, PracticeId, SessionId
from messaging.people import Person, Practice, Role

ON_THE_WAY: Final = timedelta(seconds=10)
"""A phone on a slow network takes this long to bring words that were sent in time."""


class Kind(StrEnum):
    """How many are in care together."""

    INDIVIDUAL = "individual"
    COUPLE = "couple"
    FAMILY = "family"
    GROUP = "group"


class SessionState(StrEnum):
    """booked, then live, then ended; never back. A booked one may instead be cancelled, or missed by who should come."""

    BOOKED = "booked"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Session:
    """A therapy session. `ends` is when its time is up: from the opening once it is live, from the booking before."""

    id: SessionId
    conversation: ConversationId
    state: SessionState
    starts: datetime
    minutes: int
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    sequence: int = 0
    """Rises with every change that calendars must be told of (RFC 5545, SEQUENCE)."""
    late: bool = False
    """Called off by a client later than the practice asks (`SessionRules.cancel_minutes`)."""

    @property
    def ends(self) -> datetime:
        """When the agreed time is up."""
        return (self.opened_at or self.starts) + timedelta(minutes=self.minutes)

    @property
    def words_until(self) -> datetime:
        """Until when words are taken: those sent in the last moment may still be on their way."""
        return self.ends + ON_THE_WAY


@dataclass(frozen=True, slots=True)
class StartAsked:
    """Asked of those in care: may somebody who joined read from the first word (`practice.from_start`)?

    `refused`: not everybody agreed. Who did not is kept nowhere.
    """

    by: PersonId
    at: datetime
    asked: frozenset[PersonId]
    yes: frozenset[PersonId] = frozenset()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Somebody wants a conversation out of their sight until then (`inbox.snoozing`)."""

    until: datetime
    number: int
    """The last number when they said so: what came later they had not seen."""


class Working(StrEnum):
    """A way of working that a document of the practice is for."""

    CHAT = "chat"
    LETTERS = "letters"
    EMAIL = "email"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Due:
    """Something to agree to, for this way of working; `since` when, also where that is still to come."""

    way: Working
    since: datetime


class CoverScope(StrEnum):
    """What somebody may do who stands in for another (`trust.access`)."""

    LOOK_IN = "look_in"
    """Read what waits for an answer, and what comes after it."""
    TAKE_OVER = "take_over"
    """Answer it, hold sessions, and give it back."""


@dataclass(frozen=True, slots=True)
class Covers:
    """That a member stands in for somebody who is away (`absence`), and until when at the latest."""

    absence: UUID
    scope: CoverScope
    until: datetime

    @property
    def last(self) -> datetime:
        """A moment of its last day: it ends with that day."""
        return self.until - timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Member:
    """One person's place in a conversation."""

    person: PersonId
    role: Role
    read_number: int = 0
    first_number: int = 1
    """The first entry they may read: who joins later reads from then on."""
    start_asked: StartAsked | None = None
    snoozed: Snoozed | None = None
    """Their own wish alone: a colleague's inbox does not know of it."""
    due: tuple[Due, ...] = ()
    """What they have not agreed to yet (`agreements`), of who is in care."""
    covers: Covers | None = None
    """They belong to it for a time, in somebody's place."""


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which nobody answers, both inclusive. `over`: letters from then on are promised without it."""

    absence: UUID
    first: date
    last: date
    over: datetime | None = None

    def counts(self, received: datetime) -> bool:
        """Whether a letter of that moment is promised its answer by it: for good, or a promise would move unsaid."""
        return self.over is None or received < self.over


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """When letters are answered: on a weekday (0 Monday), or within `days` working days; always by `by`, practice time."""

    weekday: int | None = None
    by: time = time(18, 0)
    days: int = 2
    away: tuple[Away, ...] = ()
    """Not on these days (`absence.promising`)."""


@dataclass(frozen=True, slots=True)
class SessionRules:
    """A practice's rules for its sessions. Minutes; `regions` empty means anywhere."""

    grace_minutes: int = 15
    """After the start, before who did not come counts as having missed it."""
    plan_b_minutes: int = 5
    """After a connection broke, before the other way (the phone) is offered."""
    reminder_minutes: int = 24 * 60
    """Before the start, when a neutral notice reminds of it; 0 for none."""
    code_word: bool = False
    """Whether a check-in asks for the client's code word."""
    regions: tuple[str, ...] = ()
    """Where a client may be during a session, as the practice calls the places."""
    cancel_minutes: int = 0
    """Before the start, from when on a client who calls it off does so late; 0: never."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """Somebody's live words in a session: from when until when, and how many. Never which."""

    person: PersonId
    first: datetime
    last: datetime
    messages: int


class EnquiryState(StrEnum):
    """How far an enquiry has come (`enquiries`)."""

    OPEN = "open"
    """Who takes enquiries reads and answers it."""
    CLAIMED = "claimed"
    """Somebody took it on: it is a conversation like any other."""
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Conversation:
    """The relation and its state. `revision` rises with every change of who belongs to it."""

    practice: PracticeId
    id: ConversationId
    kind: Kind
    revision: int
    last_number: int
    last_at: datetime | None
    waiting_since: datetime | None
    answer: AnswerRule
    live: Session | None
    members: tuple[Member, ...]
    rules: SessionRules = SessionRules()
    """Its practice's, for the sessions held here."""
    ended_at: datetime | None = None
    """Since when care is over here (`ending.care`): nobody meets, nothing is promised, letters are kept as ever."""
    assignee: PersonId | None = None
    """Who of its clinicians answers, where they have said so. Who belongs to it no more is nobody's assignee."""
    labels: bytes | None = field(default=None, repr=False)
    """Its clinicians' labels, sealed (`inbox.labels`)."""
    enquiry: EnquiryState | None = None
    """Whether it began as an enquiry, and what became of that."""

    def member(self, person: PersonId) -> Member | None:
        """The member, or None for everyone else."""
        return next((m for m in self.members if m.person == person), None)

    def own_member(self, person: PersonId) -> Member | None:
        """The same, but not who only stands in: for what is arranged for good."""
        found = self.member(person)
        return found if found is not None and found.covers is None else None


@dataclass(frozen=True, slots=True)
class Ground:
    """What a letter is written upon, of one moment: read anew for each."""

    practice: Practice = field(repr=False)
    known: bool
    """Its writer's words stand under its key already."""
    waiting: LetterId | None
    """The letter of its writer's that still waits for its answer, where they are in care here."""
    tokens: Mapping[PersonId, bytes] = field(repr=False)
    """Of each member the newest reply token, sealed."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A conversation with its people by name: who reads this, for page heads and frames."""

    conversation: Conversation
    people: Mapping[PersonId, Person] = field(repr=False)
    practice: Practice | None = field(default=None, repr=False)
    """Whose it is, where who asks has it already."""
    ground: Ground | None = field(default=None, repr=False)
    """Where a letter is being written: that one's."""

    @property
    def clients(self) -> tuple[Person, ...]:
        """Those in care, in a stable order."""
        return tuple(self._with(lambda role: role is Role.CLIENT))

    @property
    def clinicians(self) -> tuple[Person, ...]:
        """Those who care."""
        return tuple(self._with(lambda role: role.is_clinician))

    def title(self) -> str:
        """What the care team calls it: the clients' names."""
        return " and ".join(p.name for p in self.clients) or "No client"

    def _with(self, wanted: Callable[[Role], bool]) -> list[Person]:
        ids = [m.person for m in self.conversation.members if wanted(m.role)]
        return [self.people[i] for i in ids if i in self.people]
