"""What an inbox asks of memory: the conversations of a reader, each with its last message and what was not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from messaging.conversations import AnswerRule, Conversation, Session, Snoozed
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.record import StoredEntry
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One conversation as a reader's inbox lists it; words are still sealed."""

    person: PersonId
    conversation: Conversation
    last: StoredEntry | None
    others: int
    """Messages of others beyond the reader's mark, withdrawn ones among them."""
    amending: tuple[StoredEntry, ...] = ()
    """What the authors of those made of them later."""
    answered_aside: bool = False
    """The reader has put it aside, and a client wrote since."""
    begun: bool = False
    """A letter of the reader's is begun."""
    new: bool = False
    """Nobody who cares has written there yet."""
    awaited: tuple[StoredEntry, ...] = ()
    """The newest letters of those in care that wait for an answer, the oldest of them first; with what they made of them."""
    raised_at: datetime | None = None
    """When the first came of what is read first and the reader has not read (`memory.subjects.Concern`)."""
    given: bool = False
    """Something is given there to answer or to do, there is a plan, or an end was planned."""


@dataclass(frozen=True, slots=True)
class InboxHead:
    """The same without people and words: what says where a conversation stands among the others."""

    conversation: ConversationId
    waiting_since: datetime | None
    held_since: datetime | None
    """Since when the first of its held letters waits."""
    answer: AnswerRule
    last_at: datetime | None
    said_at: datetime | None
    """When the last message the reader may read was written, of those that were not written long ago."""
    live: bool
    ended: bool
    fresh: bool
    """Somebody else wrote beyond the reader's mark; it may be taken back since."""
    after_end: bool
    """So did the last, who is in care, after care ended."""
    snoozed: Snoozed | None
    answered_aside: bool
    assignee: PersonId | None
    labels: bytes | None = field(default=None, repr=False)
    raised_at: datetime | None = None
    """When the first came of what is read first and the reader has not read (`memory.subjects.Concern`)."""


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many wait for somebody, and how many letters in their screener."""

    waiting: int
    held: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labels from now on, sealed together; None: no more."""

    sealed: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PutAside:
    """Out of one's sight until then; None: back in it."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who answers from now on; None: nobody in particular."""

    to: PersonId | None


@dataclass(frozen=True, slots=True)
class StoredArrangement:
    """What is to be otherwise; None stays as it is."""

    labels: Labelled | None = None
    aside: PutAside | None = None
    assigned: Assigned | None = None


class Inboxes(Protocol):
    """Lists of conversations, for those who belong to them at that moment."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[InboxRow]:
        """All this person belongs to."""

    async def own(
        self, practice: PracticeId, person: PersonId, clients: Sequence[PersonId] | None = None
    ) -> list[ConversationId]:
        """The names of those in which this person cares; with `clients` those alone in which one of them is in care."""

    async def heads(self, practice: PracticeId, person: PersonId, long_ago: datetime) -> list[InboxHead]:
        """Of all those, in no order."""

    async def counts(self, practice: PracticeId, person: PersonId) -> InboxCounts:
        """Of all those; nothing is opened, nor read one by one."""

    async def whole(
        self, practice: PracticeId, person: PersonId, conversations: Sequence[ConversationId]
    ) -> list[Conversation]:
        """Those of these conversations that this person belongs to, without their words."""

    async def of_people(
        self, practice: PracticeId, people: Sequence[PersonId], conversations: Sequence[ConversationId]
    ) -> list[InboxRow]:
        """Those of these conversations that each of these people belongs to."""

    async def arrange(self, held: Pass, wanted: StoredArrangement) -> bool:
        """All of it or nothing, and tells the others' inboxes. False where the holder, or who is to answer, is not there."""


class Days(Protocol):
    """Where somebody waits for a clinician, without a word of it: a day is asked for often, a whole list seldom."""

    async def sessions(
        self, practice: PracticeId, person: PersonId, since: datetime, until: datetime
    ) -> list[Session]:
        """Those of these conversations that start within, in order, whatever their state."""

    async def held_since(self, practice: PracticeId, person: PersonId) -> Mapping[ConversationId, datetime]:
        """Where letters of theirs wait in the screener, and since when the first does."""

    async def at_hand(
        self, practice: PracticeId, person: PersonId, also: Sequence[ConversationId]
    ) -> list[Conversation]:
        """Those of theirs where somebody waits, is in a session, or wrote unread after care ended; and of `also` theirs."""
