"""What an administrator's pages are given: who is here, complaints about our mail, the practice itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.people_view import WishRow
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as an administrator sees them: never a word of theirs.

    `state` is a code of `standing` in the template: in, waiting, expired, withdrawn, left, gone; of those who are in `mail`
    says how it goes (a mode, none, unreachable; empty for who works here). `others`: who cares for a client; `clients`: how
    many.
    """

    id: str
    name: str
    role: str
    state: str
    state_at: datetime | None = None
    others: tuple[str, ...] = ()
    clients: int = 0
    conversations: int = 0
    overdue: int = 0
    mail_mode: str = ""
    second_factor: bool = False


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
    """admin.html. `clients` and `staff` are how many are here: who has left is listed and not counted."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str = ""
    people: tuple[PersonRow, ...] = ()
    asked: str = field(default="", repr=False)
    """The name that was looked for: `people` are those it fits, and `cut` says that there are more."""
    page: int = 1
    pages: int = 1
    cut: bool = False
    clients: int = 0
    staff: int = 0
    complaints: tuple[ComplaintRow, ...] = ()
    wishes: tuple[WishRow, ...] = ()
    gone: tuple[datetime, ...] = ()
    """Since when conversations are gone, the newest first."""
    sheet_remains: bool = False
    """Whether the recovery sheet is still to be put on paper."""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One of the practice's own numbers for Help now, as it stands or was typed."""

    name: str = ""
    number: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class PracticePage:
    """practice.html. `mistakes` are words beside a field: name, zone, numbers."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    name: str
    zone: str
    time_zones: tuple[str, ...]
    numbers: tuple[NumberRow, ...] = ()
    done: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)
