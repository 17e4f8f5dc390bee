"""What the calendar pages are given: a clinician's agenda and forms, a client's sessions and the times to be had.

`clock` and `until` are the times as the practice's clocks show them, with the offset in the hour that autumn repeats.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from web.views.parts import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class When:
    """What stands in a form for a time. `both`: the two times it can be, of which one is to be chosen."""

    day: str = ""
    time: str = ""
    minutes: str = "50"
    until: str = ""
    pause: str = "10"
    both: tuple[str, ...] = ()
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class AgendaSession:
    """A session in a clinician's day. `state` as kept; the `may_` say what can be done with it now."""

    kind: ClassVar[str] = "session"

    id: str
    conversation_id: str
    name: str
    starts: datetime
    clock: str
    until: str
    minutes: int
    state: str
    may_change: bool = False
    may_miss: bool = False
    moving: When = field(default_factory=When)


@dataclass(frozen=True, slots=True)
class AgendaSlot:
    """An offered time nobody has taken. `covered`: a session stands in it, so clients do not see it."""

    kind: ClassVar[str] = "slot"

    id: str
    starts: datetime
    clock: str
    until: str
    minutes: int
    covered: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the agenda; `noon` is any moment of it, `date` its date where it is called by another word (Today)."""

    noon: datetime
    date: str = ""
    lines: tuple[AgendaSession | AgendaSlot, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """calendar.html. `done` names what was just done: booked, moved, cancelled, missed, offered, withdrawn."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    days: tuple[Day, ...]
    past: tuple[Day, ...] = ()
    later: tuple[Day, ...] = ()
    conversations: tuple[Named, ...] = ()
    chosen: str = ""
    booking: When = field(default_factory=When)
    offering: When = field(default_factory=When)
    done: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time to be had. `value` names slot and conversation; `with_name` who it is with, all of them."""

    value: str
    starts: datetime
    clock: str
    minutes: int
    with_name: str


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of a client's own. `others`: the times it can be moved to."""

    id: str
    conversation_id: str
    starts: datetime
    clock: str
    until: str
    minutes: int
    state: str
    with_name: str
    may_change: bool = False
    others: tuple[FreeTime, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeDay:
    """The times to be had on one day."""

    noon: datetime
    times: tuple[FreeTime, ...]


@dataclass(frozen=True, slots=True)
class ClientSessions:
    """client_sessions.html. `done`: booked, moved, cancelled."""

    signed_in: SignedIn
    here: Here
    key: str
    sessions: tuple[OwnSession, ...] = ()
    free: tuple[FreeDay, ...] = ()
    done: str = ""
    mistake: str = ""
