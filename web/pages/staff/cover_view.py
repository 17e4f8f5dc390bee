"""What the pages about being away are handed."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.absence_fields import NOTHING, Fields
from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation of an absence: what its clients said, whether somebody stands in, and what went on in numbers."""

    id: str
    name: str = field(repr=False)
    answer: str
    covers: bool
    arrived: int
    answered: int
    sessions: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Own:
    """One's own absence, as it stands or as it went."""

    first: datetime
    last: datetime
    reason: str
    cover: str
    scope: str
    offer: str
    over: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ForColleague:
    """Somebody else's, for who is asked to stand in. `here`: where they do."""

    id: str
    name: str
    first: datetime
    last: datetime
    reason: str
    scope: str
    accepted: bool
    offer_until: datetime | None
    concerned: int
    here: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class CoverPage:
    """staff/cover.html. `said_of`: of whom the reader may say it; `wrong`: which form was refused."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    today: str
    own: Own | None = None
    asked: tuple[ForColleague, ...] = ()
    colleagues: tuple[Named, ...] = ()
    said_of: tuple[Named, ...] = ()
    fields: Fields = NOTHING
    done: str = ""
    wrong: str = ""
    mistake: str = ""
