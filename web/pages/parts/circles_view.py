"""What the pages about who writes with whom are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.stages import ACTIVE, Standing
from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Asked:
    """Those in care are asked whether somebody may read everything, until then. Not who has answered: that would tell."""

    until: datetime
    refused: bool = False
    """Not everybody agreed; who did not is nobody's to know."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One who belongs to it. `later`: they joined on the way, and read from then on."""

    id: str
    name: str = field(repr=False)
    role: str = ""
    later: bool = False
    is_reader: bool = False
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class AnswerFields:
    """When letters are answered, as the form has it. `way`: a weekday's number (0 Monday) or "days"."""

    way: str = "days"
    days: str = "2"
    by: str = "18:00"


@dataclass(frozen=True, slots=True)
class CirclePage:
    """circle.html. `conversation`: where a clinician writes in it. `mistakes`: answer, join, leave; "" stands above all."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    place: str
    back: str
    title: str = field(repr=False)
    id: str = ""
    kind: str = "individual"
    members: tuple[MemberRow, ...] = ()
    others: tuple[Named, ...] = ()
    """Who could join."""
    answer: AnswerFields = AnswerFields()
    most_days: int = 10
    conversation: str = ""
    by_administrator: bool = False
    standing: Standing = ACTIVE
    """Where it is on its way out."""
    done: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A letter that would have gone by itself: whose, and when."""

    author: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class EndingPage:
    """ending.html: what ends with care, named before it is ended. `waiting`: letters that wait for an answer."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    place: str
    title: str = field(repr=False)
    sessions: tuple[datetime, ...] = ()
    waiting: int = 0
    held: bool = False
    """Letters wait in the screener, which may be theirs."""
    planned: tuple[PlannedRow, ...] = ()
    live: bool = False
    conversation: str = ""
    by_administrator: bool = False
    most: int = 500
    reason: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen on the page so far: clients by id, what they are, who cares."""

    clients: frozenset[str] = frozenset()
    kind: str = "couple"
    clinician: str = ""


@dataclass(frozen=True, slots=True)
class TogetherPage:
    """together.html: a conversation of several is begun. `carers` are empty where whoever asks is the one who cares."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    place: str
    back: str
    clients: tuple[Named, ...] = ()
    carers: tuple[Named, ...] = ()
    picked: Picked = Picked()
    kinds: tuple[str, ...] = ()
    by_administrator: bool = False
    mistake: str = ""
