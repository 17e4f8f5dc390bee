"""What is asked of memory about who is away, and who stands in for them where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.conversations import Away, CoverScope, StartAsked
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.people import Role
from messaging.trust.access import Errand, Pass, Way


class Reason(StrEnum):
    """That somebody is away, and never why: there are no others."""

    PLANNED = "planned"
    """They said so themselves, before."""
    SUDDEN = "sudden"
    """Somebody else said so, for they could not: nobody has been asked anything."""


class Offer(StrEnum):
    """What became of asking a colleague. Offered, it is accepted, declined or lapses; accepted, it may be handed back."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    HANDED_BACK = "handed_back"


@dataclass(frozen=True, slots=True)
class StoredAbsence:
    """Somebody is away from the begin of `first` until the end of `last`, by their practice's clock.

    `cover`, `scope`, `offer` and `offer_until` are there together, or not at all.
    """

    practice: PracticeId
    id: UUID
    person: PersonId
    first: date
    last: date
    begins: datetime
    ends: datetime
    reason: Reason
    made_by: PersonId
    made_at: datetime
    cover: PersonId | None = None
    scope: CoverScope | None = None
    offer: Offer | None = None
    offer_until: datetime | None = None
    ended_at: datetime | None = None
    """When it was over, before its time or by itself."""


@dataclass(frozen=True, slots=True)
class StoredCover:
    """How an absence stands in one conversation. `asked`: what its clients were asked, None: nothing yet."""

    absence: UUID
    conversation: ConversationId
    asked: StartAsked | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    """Nobody stands in here any more, and nobody will again in this absence."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What went on in one conversation meanwhile, in numbers: letters of clients, letters of who stood in, sessions held."""

    arrived: int
    answered: int
    sessions: int


@dataclass(frozen=True, slots=True)
class TellAway:
    """Effect: the conversation knows of the absence."""

    absence: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class SetAway:
    """Effect: when nobody answers here, in the place of `was`. Something else there: it was decided on what is not true."""

    was: tuple[Away, ...]
    now: tuple[Away, ...]


@dataclass(frozen=True, slots=True)
class AskCover:
    """Effect: those in care are asked, where they were not yet."""

    absence: UUID
    asked: StartAsked


@dataclass(frozen=True, slots=True)
class BeginCover:
    """Effect: somebody stands in, from the first letter on that waits; where it still stands and nobody said no."""

    absence: UUID
    person: PersonId
    role: Role
    scope: CoverScope
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class EndCover:
    """Effect: they do so no more, and their reply addresses are dead."""

    absence: UUID
    person: PersonId
    at: datetime


class Absences(Protocol):
    """Who is away."""

    async def add(self, new: StoredAbsence) -> bool:
        """Kept, and looked at soon. False where this person has one already that is not over."""

    async def find(self, practice: PracticeId, absence: UUID) -> StoredAbsence | None:
        """One of them."""

    async def last_of(self, practice: PracticeId, person: PersonId) -> StoredAbsence | None:
        """Somebody's newest, over or not."""

    async def covered_by(
        self, practice: PracticeId, person: PersonId, since: datetime
    ) -> Sequence[StoredAbsence]:
        """For which somebody was asked to stand in; what was over before `since` not."""

    async def standing(self, practice: PracticeId) -> Sequence[StoredAbsence]:
        """All that are not over, the first to begin first."""

    async def say(self, practice: PracticeId, absence: UUID, was: Offer, now: Offer) -> bool:
        """What becomes of an offer; it is looked at soon. False where it is not as it was, or the absence is over."""

    async def end(self, practice: PracticeId, absence: UUID, at: datetime) -> bool:
        """It is over. False: it was already."""

    async def covers(self, practice: PracticeId, absence: UUID) -> Sequence[StoredCover]:
        """How it stands in each conversation that knows of it."""

    async def covers_in(self, way: Way) -> Sequence[StoredCover]:
        """How those absences that are not over stand in one conversation."""

    async def answer(self, held: Pass, absence: UUID, at: datetime, *, agrees: bool) -> bool:
        """The holder's yes or no; a no ends it there for good. False where it is not asked of them."""

    async def set_away(self, way: Errand, wanted: SetAway) -> bool:
        """The effect, where there is nothing to write. False where something else was there."""

    async def counted(
        self, practice: PracticeId, absence: UUID, until: datetime
    ) -> Mapping[ConversationId, Counted]:
        """What went on between its begin and then in the conversations that know of it."""

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[tuple[PracticeId, UUID]]:
        """Claims absences at which somebody must look until `now + lease`, skipping those another node holds."""

    async def attended(
        self, practice: PracticeId, absence: UUID, held_until: datetime, again: datetime | None
    ) -> None:
        """Done with for now; unless it was given another time meanwhile."""
