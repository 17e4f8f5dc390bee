"""What is asked of memory about relations and read marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from messaging.conversations import AnswerRule, Conversation, EnquiryState, StartAsked
from messaging.ids import (
    ConversationId,
    PersonId,
    PracticeId,
    SessionId,
)
from messaging.memory.keys import OwnerKey
from messaging.people import Role
from messaging.trust.access import Errand, Pass


@dataclass(frozen=True, slots=True)
class ReadFromStart:
    """Effect: a member reads from the first entry on, where all who were asked and are here have said yes."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a conversation has come. Both only ever rise."""

    last_number: int
    revision: int


class Conversations(Protocol):
    """Relations and read marks."""

    async def find(self, practice: PracticeId, conversation: ConversationId) -> Conversation | None:
        """The conversation with its current members: what a way to it is made from."""

    async def cared_for(self, practice: PracticeId) -> list[Conversation]:
        """Every conversation of a practice that somebody cares in, with its current members."""

    async def lengths(self, practice: PracticeId) -> Mapping[ConversationId, int]:
        """All conversations of a practice, the oldest first, with the number of the last entry of each."""

    async def live_of(self, practice: PracticeId, person: PersonId) -> list[tuple[ConversationId, SessionId]]:
        """Where a session is live that this person belongs to."""

    async def stands(self, asked: Sequence[tuple[PracticeId, ConversationId]]) -> dict[ConversationId, Stand]:
        """How far they have come; those that are not there are missing."""

    async def changed(
        self, practice: PracticeId, people: Sequence[PersonId], since: datetime
    ) -> list[ConversationId]:
        """Conversations of theirs with an entry since; the newest, where there are very many."""

    async def create(
        self, conversation: Conversation, key: OwnerKey, at: datetime, ref: bytes | None = None
    ) -> None:
        """A new conversation with its members and key, found under `ref`. Raises Conflict where that is taken."""

    async def decide_enquiry(
        self, way: Errand, state: EnquiryState, at: datetime, alone: PersonId | None = None
    ) -> bool:
        """What became of an open one, once; bells ring. False where it is open no more.

        `alone`: of those who care, nobody else belongs to it from that moment.
        """

    async def mark_read(self, held: Pass, number: int) -> None:
        """Moves the holder's own read mark forward."""

    async def add_member(
        self, way: Errand, person: PersonId, role: Role, at: datetime, *, from_waiting: bool
    ) -> bool:
        """A member from now on, who reads from the next entry on. False when they belong to it already.

        `from_waiting`: from the first letter on that waits for an answer.
        """

    async def ask_start(self, way: Errand, person: PersonId, asked: StartAsked | None) -> None:
        """What is asked for a member, in the place of what was; None: nothing."""

    async def answer_start(self, held: Pass, person: PersonId, since: datetime, *, agrees: bool) -> bool:
        """The holder's yes or no for a member. False where it is not asked of them, or was asked before `since`."""

    async def remove_member(self, way: Errand, person: PersonId, at: datetime) -> bool:
        """Ends a membership and its reply addresses, raises the revision, rings the bell. False when there was none."""

    async def set_answer_rule(self, way: Errand, rule: AnswerRule) -> None:
        """When letters are answered here."""
