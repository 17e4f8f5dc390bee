"""What the pages about checking in are given: the waiting room, the clinician's cards, the settings of a code word."""

from dataclasses import dataclass
from datetime import datetime

from web.views.parts import Here, Named, Session, SignedIn, StaffBar


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
class CheckInCard:
    """One client's check-in as clinicians see it. `outside` lists the practice's places where theirs is none of them.

    `state`: "missing" | "answered" | "let_in"; `asked_at` is set while an answer to asking again is awaited.
    """

    person_id: str
    name: str
    key: str
    state: str
    at: datetime | None = None
    asked_at: datetime | None = None
    place: str = ""
    country: str = ""
    outside: str = ""
    alone: bool = False
    word: str = ""
    phone: str = ""
    dial: str = ""


@dataclass(frozen=True, slots=True)
class CheckIns:
    """_check_ins.html: the cards of the session at hand; none while there is no such session."""

    here: Here
    conversation_id: str
    live: bool = False
    cards: tuple[CheckInCard, ...] = ()


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session's answers, for the record."""

    starts: datetime
    cards: tuple[CheckInCard, ...]


@dataclass(frozen=True, slots=True)
class CodeWord:
    """One client's word as a clinician may know of it: since when, never which."""

    person_id: str
    name: str
    key: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckInRecord:
    """check_in_record.html: the latest sessions' check-ins, and who has a code word."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    words: tuple[CodeWord, ...] = ()
    sessions: tuple[PastSession, ...] = ()


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
