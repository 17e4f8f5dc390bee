"""What a clinician's calendar is given: the agenda and its forms.

`clock` and `until` are the times as the practice's clocks show them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from web.pages.parts.views import Here, Named, SignedIn, StaffBar
from web.pages.parts.when_view import When


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
    late: bool = False
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
class MarginFields:
    """What is kept free around sessions, as its form has it: minutes, but `notice` in hours."""

    before: str = "0"
    after: str = "0"
    notice: str = "0"
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """calendar.html. `done` names what was just done: booked, moved, cancelled, missed, offered, withdrawn, margins."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    days: tuple[Day, ...]
    past: tuple[Day, ...] = ()
    later: tuple[Day, ...] = ()
    conversations: tuple[Named, ...] = ()
    others: int = 0
    """How many more there are to choose from."""
    chosen: str = ""
    booking: When = field(default_factory=When)
    offering: When = field(default_factory=When)
    margins: MarginFields = field(default_factory=MarginFields)
    done: str = ""
    mistake: str = ""
