"""A check-in before or in a session as it is kept, and what is asked of memory for it and for code words.

Where somebody is, whether alone, and on which telephone, is for those who care for them. The record of a conversation
is shared by a couple or a group: its events say that somebody checked in, and the answers stand sealed beside it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import PersonId, PracticeId, SessionId
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class StoredCheckIn:
    """One step of a person's checking in, as kept: asked for again, answered, or let in without. Which, is sealed too."""

    id: UUID
    session: SessionId
    person: PersonId
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredCodeWord:
    """A person's code word: only its argon2id hash, and since when it holds."""

    hash: str = field(repr=False)
    set_at: datetime


class CheckIns(Protocol):
    """Check-ins and code words, read; a check-in is written with its event, as the posting's effect."""

    async def of_session(self, held: Pass, session: SessionId) -> list[StoredCheckIn]:
        """All of a session of the conversation, in order of time."""

    async def latest(self, held: Pass, limit: int) -> list[StoredCheckIn]:
        """The holder's last ones in any session of the conversation, newest first."""

    async def newest(self, held: Pass, limit: int) -> list[StoredCheckIn]:
        """Everybody's last ones in any session of the conversation, newest first."""

    async def code_word(self, practice: PracticeId, person: PersonId) -> StoredCodeWord | None:
        """The person's word, or None."""

    async def set_code_word(
        self, practice: PracticeId, person: PersonId, word: StoredCodeWord, *, replace: bool
    ) -> bool:
        """Keeps it; without `replace` only where there is none yet. Whether it was kept."""

    async def forget_code_word(self, practice: PracticeId, person: PersonId) -> bool:
        """Whether there was one."""


@dataclass(frozen=True, slots=True)
class KeepCheckIn:
    """Effect: what a person answered at a check-in stands sealed beside the event that says they did."""

    check_in: StoredCheckIn
