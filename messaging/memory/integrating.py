"""What is kept for programs of others: numbered events, webhooks and how far each was told, accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.record import StoredEntry

ADDED: Final = "person_added"
"""The type by which memory knows who has their first event."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, before it has a number. `id`: of the entry it is about, where it is about one."""

    at: datetime
    type: str
    conversation: ConversationId | None = None
    person: PersonId | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """The same, numbered: from 1, without a gap, in one practice."""

    number: int
    happened: Happened


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the trail, as far as it makes an event."""

    at: datetime
    act: str
    subject: UUID | None


@dataclass(frozen=True, slots=True)
class Stand:
    """Up to where a practice is numbered: its last event, and the last line of its trail that was looked at."""

    last: int
    line: int


@dataclass(frozen=True, slots=True)
class News:
    """What is committed and has no number yet: the next of it, of each conversation in order."""

    stand: Stand
    line: int
    """The last line of the trail among these."""
    people: Sequence[tuple[PersonId, datetime]] = ()
    begun: Sequence[tuple[ConversationId, datetime]] = ()
    entries: Sequence[StoredEntry] = ()
    """Those that are messages without their words."""
    lines: Sequence[Line] = ()


class Events(Protocol):
    """What happened in a practice, by number."""

    async def begin(self, practice: PracticeId, at: datetime) -> None:
        """From now on its events are numbered, those of before too. Again: nothing happens."""

    async def news(self, practice: PracticeId, acts: Sequence[str], limit: int) -> News:
        """At most `limit` of each kind; of the trail the lines of these acts."""

    async def number(
        self,
        practice: PracticeId,
        news: News,
        happened: Sequence[Happened],
        at: datetime,
    ) -> bool:
        """Numbers them in this order, and has the webhooks told. False where somebody else has numbered since the look:
        nothing is written then.
        """

    async def after(self, practice: PracticeId, number: int, limit: int) -> tuple[Sequence[StoredEvent], int]:
        """Events above a number, in order; and the last there is."""

    async def claim(self, now: datetime, lease: float, limit: int) -> Sequence[PracticeId]:
        """Practices whose events are to be numbered, for some seconds; others skip them."""

    async def rest(self, practice: PracticeId, held: datetime, until: datetime) -> None:
        """It is looked at again then."""


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """`sealed`: address, secret and types. `after`: events up to this number are none of its."""

    practice: PracticeId
    id: UUID
    after: int
    created_at: datetime
    sealed: bytes = field(repr=False)
    failing_since: datetime | None = None
    """Since when the first of what it was not told could not be told."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The events of one conversation on their way to one webhook, or all that are of no conversation."""

    practice: PracticeId
    webhook: UUID
    id: UUID
    done: int
    """The last that was told, or was not to be."""
    attempts: int
    failing_since: datetime | None
    held: datetime
    """Until then it is nobody else's."""


class Webhooks(Protocol):
    """Where events are posted to, and how far each was told."""

    async def add(self, webhook: StoredWebhook, most: int) -> bool:
        """False where the practice has as many as it may."""

    async def all_of(self, practice: PracticeId) -> Sequence[StoredWebhook]:
        """The oldest first."""

    async def find(self, practice: PracticeId, webhook: UUID) -> StoredWebhook | None:
        """One of them."""

    async def remove(self, practice: PracticeId, webhook: UUID) -> bool:
        """And all that waits for it. False where it is not there."""

    async def claim(self, now: datetime, lease: float, limit: int) -> Sequence[Lane]:
        """Lanes in which something is to be told; webhooks take turns."""

    async def next_of(self, lane: Lane, limit: int) -> Sequence[StoredEvent]:
        """What was not told, in order."""

    async def told(self, lane: Lane, number: int, held: datetime) -> None:
        """Up to here; and it is held for longer."""

    async def failed(self, lane: Lane, attempts: int, since: datetime, again: datetime) -> None:
        """The next try is then."""

    async def rest(self, lane: Lane, now: datetime) -> None:
        """What waits in it still is due now; where nothing does, it leaves the queue."""


@dataclass(frozen=True, slots=True)
class StoredServiceAccount:
    """`sealed`: name and scopes, so that no hand in the database widens them."""

    practice: PracticeId
    id: UUID
    created_at: datetime
    sealed: bytes = field(repr=False)


class ServiceAccounts(Protocol):
    """Programs of others that act in a practice."""

    async def add(self, account: StoredServiceAccount, token_hashed: bytes, most: int) -> bool:
        """False where the practice has as many as it may."""

    async def all_of(self, practice: PracticeId) -> Sequence[StoredServiceAccount]:
        """The oldest first."""

    async def find(self, practice: PracticeId, account: UUID) -> StoredServiceAccount | None:
        """One of them."""

    async def by_token(self, practice: PracticeId, token_hashed: bytes) -> StoredServiceAccount | None:
        """Who shows this token."""

    async def remove(self, practice: PracticeId, account: UUID) -> bool:
        """Its token opens nothing any more. False where it is not there."""
