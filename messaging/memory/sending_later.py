"""What letters that are not yet sent ask of memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.drafts import StoredDraft
from messaging.trust.access import Pass


class PendingState(StrEnum):
    """Waiting, until it is taken in hand to be sent; from then on it cannot be taken back."""

    WAITING = "waiting"
    SENDING = "sending"
    STOPPED = "stopped"
    """Its writer may no longer write here."""
    SUPERSEDED = "superseded"
    """Other words went under its key before: those stand, and these are kept."""
    CROSSED = "crossed"
    """Somebody else's letter came before it went: its writer looks at both, and decides."""
    CARE_ENDED = "care_ended"
    """Care ended before its time came: its writer says what becomes of it."""
    FAULTED = "faulted"
    """Something went wrong while it was being sent."""


NOT_SENT: Final = (
    PendingState.STOPPED,
    PendingState.SUPERSEDED,
    PendingState.CROSSED,
    PendingState.CARE_ENDED,
    PendingState.FAULTED,
)
"""Its time came, and it did not go."""


@dataclass(frozen=True, slots=True)
class NoLetterSince:
    """Effect: nothing is written where a letter came after `number` that its writer did not know of.

    Of anybody but `besides`; `clients`: those of people in care count too.
    """

    number: int
    besides: PersonId | None = None
    clients: bool = True


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

    async def keep(self, letter: StoredPending, known: StoredPending | None) -> bool:
        """New, or in the place of the known one; its draft is gone with that.

        False when that is being sent already, or something else is known under its key by now.
        """

    async def find(self, held: Pass, letter: UUID) -> StoredPending | None:
        """One of this writer in this conversation."""

    async def of_author(self, held: Pass) -> list[StoredPending]:
        """Those of one writer in one conversation, oldest first."""

    async def of_person(self, practice: PracticeId, author: PersonId) -> list[StoredPending]:
        """Those of one writer everywhere, the newest first: few at any time."""

    async def standing(
        self, practice: PracticeId, author: PersonId
    ) -> Sequence[tuple[ConversationId, PendingState, datetime]]:
        """Where letters of this writer lie that are not sent, how they stand, and when the newest of them was kept so."""

    async def take_back(self, letter: StoredPending, draft: StoredDraft | None) -> bool:
        """Takes it away and keeps its words as this draft, both or neither.

        False where it does not stand so any more, or is being sent. Raises Busy where another draft came in its place.
        """

    async def hurry(self, known: StoredPending, sealed: bytes, now: datetime) -> bool:
        """Due at once, whatever it waited for, and sealed anew; what is being sent already goes as it is.

        False when it does not stand as known any more.
        """

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[StoredPending]:
        """Claims letters whose time has come and marks them as being sent."""

    async def done(self, letter: StoredPending) -> None:
        """It was sent: its words are in the record."""

    async def stop(self, letter: StoredPending, state: PendingState) -> None:
        """It was not sent, for what `state` says; its writer can still take it back."""
