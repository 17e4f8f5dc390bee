"""Sessions as they are agreed: times offered, what became of an attempt to agree, and what that asks of memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from messaging.conversations import Session
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId, SlotId
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class Slot:
    """A time a clinician offers. `session` is who took it; None: it is offered."""

    id: SlotId
    clinician: PersonId
    starts: datetime
    minutes: int
    session: SessionId | None = None

    @property
    def ends(self) -> datetime:
        """When the offered time is up."""
        return self.starts + timedelta(minutes=self.minutes)


class Agreed(StrEnum):
    """What became of an attempt to agree on a time."""

    DONE = "done"
    KNOWN = "known"
    """It was so already: the same request came twice."""
    CLASH_HERE = "clash_here"
    """The conversation has another session then."""
    CLASH = "clash"
    """A clinician of it has."""
    SLOT_GONE = "slot_gone"
    """Taken or withdrawn since it was shown."""
    TOO_CLOSE = "too_close"
    """Nobody has another then, and a clinician of it keeps free some minutes around theirs."""
    TOO_SOON = "too_soon"
    """It begins before its clinician wishes clients to take it."""
    CARE_ENDED = "care_ended"
    """Nobody meets here any more."""
    NOT_BOOKED = "not_booked"
    """The session was held, missed or cancelled since."""


@dataclass(frozen=True, slots=True)
class Margins:
    """What a clinician keeps, in minutes: free before and after each session; how long before one a client may take it.

    What lies after one session and what lies before the next are two things, so that between two there are at least both.
    """

    before: int = 0
    after: int = 0
    notice: int = 0

    @property
    def between(self) -> timedelta:
        """Of two sessions, at least, from the end of the one to the start of the next."""
        return timedelta(minutes=self.before + self.after)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The answer, and the session as it stands now (None: there is none)."""

    agreed: Agreed
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What became of several at once: all of `sessions`, or none. `met`: the first of them that could not be."""

    agreed: Agreed
    sessions: tuple[Session, ...] = ()
    met: Session | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Another time for a session. Through `slot` it is that slot's; `keeps_offer`: the old slot is offered again."""

    session: SessionId
    starts: datetime
    minutes: int
    slot: SlotId | None = None
    keeps_offer: bool = False


@dataclass(frozen=True, slots=True)
class Former:
    """How a session stood before it was moved or called off, which raised its sequence to `sequence`.

    `slot` is the offer it stood in; `made_anew`: where that was taken away with it, it is offered as before.
    """

    session: SessionId
    sequence: int
    starts: datetime
    minutes: int
    slot: Slot | None = None
    made_anew: bool = False


class Bookings(Protocol):
    """Times are agreed one at a time for each clinician, whoever asks and however many at once.

    So is what each of them keeps free around sessions (`Margins`): it is looked at under the same lock.
    Each change commits together with its place in the queue of kind `session`, so that what follows from it follows even
    if the process ends in between.
    """

    async def book(self, held: Pass, session: Session, slot: SlotId | None, now: datetime) -> Agreement:
        """A new session of the conversation, in a slot or at any free time."""

    async def book_all(self, held: Pass, wanted: Sequence[Session], now: datetime) -> Series:
        """New sessions of the conversation at free times, in one transaction: all or none of them.

        KNOWN, with those that are there, as soon as one of them is.
        """

    async def move(self, held: Pass, move: Move, now: datetime) -> Agreement:
        """A booked session gets another time; its sequence rises."""

    async def cancel(
        self, held: Pass, session: SessionId, now: datetime, *, keeps_offer: bool, late_from: timedelta
    ) -> Agreement:
        """A booked session is called off; its sequence rises. With `keeps_offer` its slot is offered again.

        It is late when its start is nearer than `late_from`.
        """

    async def restore(self, held: Pass, former: Former, now: datetime, look_at: datetime) -> Agreement:
        """It stands as before, if nothing changed it since and the time is still free; its sequence rises.

        It is due to be attended at `look_at`: until then, who asked tells of it.
        """

    async def margins(self, practice: PracticeId, clinician: PersonId) -> Margins:
        """What a clinician keeps."""

    async def set_margins(self, practice: PracticeId, clinician: PersonId, margins: Margins) -> None:
        """From now on; what is booked already stays."""

    async def between(
        self,
        practice: PracticeId,
        conversations: Sequence[ConversationId],
        since: datetime,
        until: datetime,
    ) -> list[Session]:
        """Sessions of these conversations that start within, in order, whatever their state."""


class Slots(Protocol):
    """The times clinicians offer."""

    async def offer(self, practice: PracticeId, slots: Sequence[Slot], at: datetime) -> list[Slot]:
        """Offers those that meet no other offer of the same clinician; answers with them."""

    async def withdraw(self, practice: PracticeId, clinician: PersonId, slot: SlotId) -> bool:
        """No longer offered. False when it is not this clinician's, gone, or taken."""

    async def of_clinician(
        self, practice: PracticeId, clinician: PersonId, since: datetime, until: datetime
    ) -> list[Slot]:
        """All a clinician offers within, the taken ones too, in order."""

    async def free(
        self, practice: PracticeId, clinicians: Sequence[PersonId], after: datetime, limit: int
    ) -> list[Slot]:
        """Those that a client can take after this moment: no session of the clinician stands in them or too near."""

    async def find(self, practice: PracticeId, slot: SlotId) -> Slot | None:
        """One slot."""

    async def taken_by(self, held: Pass, session: SessionId) -> Slot | None:
        """The slot a session of the conversation stands in."""
