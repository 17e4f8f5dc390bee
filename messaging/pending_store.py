"""What letters that are not yet sent ask of memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.ids import ConversationId, PersonId, PracticeId


class PendingState(StrEnum):
    """Waiting, until it is taken in hand to be sent; from then on it cannot be taken back."""

    WAITING = "waiting"
    SENDING = "sending"
    STOPPED = "stopped"
    """Its writer may no longer write here."""


@dataclass(frozen=True, slots=True)
class StoredPending:
    """A letter as kept until it is sent. `send_at` None: it is slept on, and shown again from `wake_at` on."""

    practice: PracticeId
    conversation: ConversationId
    author: PersonId
    id: UUID
    state: PendingState
    send_at: datetime | None
    wake_at: datetime | None
    created_at: datetime
    sealed: bytes = field(repr=False)


class PendingLetters(Protocol):
    """Letters not yet sent, by who wrote them and where. The id is the key of the message each becomes."""

    async def keep(self, letter: StoredPending) -> bool:
        """New, or in the place of one that waits. False when it is being sent already."""

    async def of_author(
        self, practice: PracticeId, conversation: ConversationId, author: PersonId
    ) -> list[StoredPending]:
        """Those of one writer in one conversation, oldest first."""

    async def take_back(
        self, practice: PracticeId, conversation: ConversationId, author: PersonId, letter: UUID
    ) -> StoredPending | None:
        """Takes it away, unless it is being sent: then None."""

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[StoredPending]:
        """Claims letters whose time has come and marks them as being sent."""

    async def done(self, letter: StoredPending) -> None:
        """It was sent: its words are in the record."""

    async def stop(self, letter: StoredPending) -> None:
        """It must not be sent; its writer can still take it back."""
