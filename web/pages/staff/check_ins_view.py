"""What the pages about check-ins are given: the clinician's cards, the record, the settings of a code word."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, SignedIn, StaffBar


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

    id: str
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
