"""What a client's page of sessions is given: their sessions and the times to be had.

`clock` and `until` are the times as the practice's clocks show them.
"""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, SignedIn


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
    """A session of a client's own. `others`: the times it can be moved to. `late_from`: when calling it off becomes late."""

    id: str
    conversation_id: str
    starts: datetime
    clock: str
    until: str
    minutes: int
    state: str
    with_name: str
    may_change: bool = False
    late_from: datetime | None = None
    others: tuple[FreeTime, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeDay:
    """The times to be had on one day."""

    noon: datetime
    times: tuple[FreeTime, ...]


@dataclass(frozen=True, slots=True)
class ClientSessions:
    """sessions.html. `done`: booked, moved, cancelled."""

    signed_in: SignedIn
    here: Here
    key: str
    sessions: tuple[OwnSession, ...] = ()
    free: tuple[FreeDay, ...] = ()
    done: str = ""
    mistake: str = ""
