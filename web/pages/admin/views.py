"""What an administrator's pages are given: who is here, and complaints about our mail."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as an administrator sees them: never a word of theirs."""

    name: str
    username: str
    role: str
    since: datetime
    conversations: int = 0
    overdue: int = 0
    mail: str = ""


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    id: str
    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    done_key: str


@dataclass(frozen=True, slots=True)
class Admin:
    signed_in: SignedIn
    bar: StaffBar
    here: Here
    people: tuple[PersonRow, ...] = ()
    key: str = ""
    time_zones: tuple[str, ...] = ()
    done: str = ""
    mistake: str = ""
    complaints: tuple[ComplaintRow, ...] = ()
