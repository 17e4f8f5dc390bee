"""What is counted over a whole practice: when letters were written and sessions held. Ids and times, never a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from messaging.conversations import AnswerRule, SessionState
from messaging.ids import ConversationId, PersonId, PracticeId


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation: one of those who are or were in care there, always the same, and when its letters are answered."""

    client: PersonId
    answer: AnswerRule


@dataclass(frozen=True, slots=True)
class Written:
    """A letter, as it can be counted."""

    conversation: ConversationId
    author: PersonId
    at: datetime
    by_client: bool


@dataclass(frozen=True, slots=True)
class Took:
    """A session whose time has come, and what became of it."""

    conversation: ConversationId
    starts: datetime
    state: SessionState
    late: bool


class Counting(Protocol):
    """Asked for statistics alone."""

    async def cases(self, practice: PracticeId) -> Mapping[ConversationId, Case]:
        """Every conversation that somebody was ever in care in."""

    async def written(self, practice: PracticeId, since: datetime, limit: int) -> list[Written]:
        """Letters from then on: one conversation after the other, each in order. The newest `limit` of all."""

    async def took(self, practice: PracticeId, since: datetime, until: datetime, limit: int) -> list[Took]:
        """Sessions that started within, in order."""
