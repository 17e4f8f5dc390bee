"""What the page of who is away is handed."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.absence_fields import NOTHING, Fields
from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class AwayRow:
    """An absence as an administrator sees it: whose, who was asked, and in how many conversations somebody stands in."""

    person: str
    name: str = field(repr=False)
    first: datetime
    last: datetime
    cover: str
    offer: str
    concerned: int
    covered: int


@dataclass(frozen=True, slots=True)
class AbsencesPage:
    """admin/absences.html"""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    today: str
    absences: tuple[AwayRow, ...] = ()
    staff: tuple[Named, ...] = ()
    fields: Fields = NOTHING
    done: str = ""
    mistake: str = ""
