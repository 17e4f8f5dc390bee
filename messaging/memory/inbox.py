"""What an inbox asks of memory: the conversations of a reader, each with its last message and what was not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from messaging.conversations import Conversation, Session
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.record import StoredEntry


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


class Inboxes(Protocol):
    """Lists of conversations, for those who belong to them at that moment."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[InboxRow]:
        """All this person belongs to."""

    async def of_people(
        self, practice: PracticeId, people: Sequence[PersonId], conversations: Sequence[ConversationId]
    ) -> list[InboxRow]:
        """Those of these conversations that each of these people belongs to."""


class Days(Protocol):
    """Where somebody waits for a clinician, without a word of it: a day is asked for often, a whole list seldom."""

    async def own(self, practice: PracticeId, person: PersonId) -> list[ConversationId]:
        """All conversations this person belongs to."""

    async def sessions(
        self, practice: PracticeId, person: PersonId, since: datetime, until: datetime
    ) -> list[Session]:
        """Those of these conversations that start within, in order, whatever their state."""

    async def held_since(self, practice: PracticeId, person: PersonId) -> Mapping[ConversationId, datetime]:
        """Where letters of theirs wait in the screener, and since when the first does."""

    async def count_held(self, practice: PracticeId, person: PersonId) -> int:
        """How many letters wait in their screener."""

    async def at_hand(
        self, practice: PracticeId, person: PersonId, also: Sequence[ConversationId]
    ) -> list[Conversation]:
        """Those of theirs where somebody waits, is in a session, or wrote unread after care ended; and of `also` theirs."""
