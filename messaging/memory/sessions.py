"""Sessions as kept, and what a posting changes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from messaging.conversations import Session, SessionRules
from messaging.ids import (
    ConversationId,
    PracticeId,
    SessionId,
)
from messaging.trust.access import Pass, Way


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


class Sessions(Protocol):
    """Therapy sessions."""

    async def book(self, held: Pass, session: Session, at: datetime) -> None:
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

    async def named(self, practice: PracticeId, session: SessionId) -> Session | None:
        """One session, by which its conversation is known only then: admission to that follows, or nobody is shown it."""

    async def find(self, way: Way, session: SessionId) -> Session | None:
        """One session of the conversation."""

    async def these(self, way: Way, sessions: Sequence[SessionId]) -> list[Session]:
        """Those of the conversation that are among these."""

    async def of_conversation(self, way: Way, limit: int, until: datetime | None = None) -> list[Session]:
        """The latest sessions of the conversation, or the latest that start before `until`; newest first."""

    async def to_come(self, way: Way, after: datetime) -> list[Session]:
        """Booked sessions of the conversation still to come, soonest first."""

    async def next_booked(
        self, practice: PracticeId, conversations: Iterable[ConversationId], after: datetime
    ) -> list[Session]:
        """The same of these conversations, which is what an inbox asks."""
