"""What a client's pages about checking in are given: the waiting room, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, Named, Session, SignedIn


@dataclass(frozen=True, slots=True)
class CheckInForm:
    """_check_in_form.html. `word`: "" (not asked) | "asked" | "choose"; `last_*` are offered as "same as last time",
    `last` is the check-in they stood in.

    `readers` names the clinicians, who alone read it; the rest is what stands in the fields.
    """

    action: str
    key: str
    conversation_id: str
    session_id: str
    readers: str
    countries: tuple[Named, ...]
    word: str = ""
    last: str = ""
    last_place: str = ""
    last_phone: str = ""
    same_place: bool = False
    same_phone: bool = False
    place: str = ""
    region: str = ""
    alone: str = ""
    phone: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """waiting_room.html. Without a form the client has checked in and waits; `again`: they were asked once more."""

    signed_in: SignedIn
    here: Here
    session: Session
    last: int
    form: CheckInForm | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """What was last answered in one conversation, shown to who answered it."""

    readers: str
    at: datetime
    place: str
    country: str
    phone: str


@dataclass(frozen=True, slots=True)
class OwnCheckIn:
    """own_check_in.html: what is kept, and the form to set one's word. `done`: it has just been set."""

    signed_in: SignedIn
    here: Here
    key: str
    since: datetime | None = None
    kept: tuple[KeptAnswers, ...] = ()
    done: bool = False
    mistake: str = ""
