"""What is asked of memory about relations and read marks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from messaging.conversations import AnswerRule, Conversation
from messaging.ids import (
    ConversationId,
    PersonId,
    PracticeId,
    SessionId,
)
from messaging.memory.keys import OwnerKey
from messaging.people import Role
from messaging.trust.access import Errand, Pass


class Conversations(Protocol):
    """Relations and read marks."""

    async def find(self, practice: PracticeId, conversation: ConversationId) -> Conversation | None:
        """The conversation with its current members: what a way to it is made from."""

    async def live_of(self, practice: PracticeId, person: PersonId) -> list[tuple[ConversationId, SessionId]]:
        """Where a session is live that this person belongs to."""

    async def changed(
        self, practice: PracticeId, people: Sequence[PersonId], since: datetime
    ) -> list[ConversationId]:
        """Conversations of theirs with an entry since; the newest, where there are very many."""

    async def create(
        self, conversation: Conversation, key: OwnerKey, at: datetime, ref: bytes | None = None
    ) -> None:
        """A new conversation with its members and key, found under `ref`. Raises Conflict where that is taken."""

    async def mark_read(self, held: Pass, number: int) -> None:
        """Moves the holder's own read mark forward."""

    async def add_member(
        self, way: Errand, person: PersonId, role: Role, at: datetime, *, from_start: bool
    ) -> bool:
        """A member from now on, who reads from the next entry on or from the first. False when they belong to it already."""

    async def remove_member(self, way: Errand, person: PersonId, at: datetime) -> bool:
        """Ends a membership and its reply addresses, raises the revision, rings the bell. False when there was none."""

    async def set_answer_rule(self, way: Errand, rule: AnswerRule) -> None:
        """When letters are answered here."""
