"""What the card is given by which a therapist acts at once, and the page of who else opened a record."""

from dataclasses import dataclass, field
from datetime import datetime

from messaging.record.readers import ReaderSeen
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Place:
    """Where one client said they are. `fresh`: so lately that they may still be there; `at` None: they never said."""

    name: str
    at: datetime | None = None
    fresh: bool = False
    place: str = field(default="", repr=False)
    country: str = field(default="", repr=False)
    alone: bool = False
    phone: str = field(default="", repr=False)
    dial: str = field(default="", repr=False)
    emergency: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the practice's own, and how a telephone dials it."""

    name: str
    number: str
    dial: str


@dataclass(frozen=True, slots=True)
class Happening:
    """_happening.html, within a page of its own or fetched into the room."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    places: tuple[Place, ...]
    numbers: tuple[Line, ...]
    """The practice's own."""


@dataclass(frozen=True, slots=True)
class Openers:
    """openers.html: everybody who opened the record and does not belong to it."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    others: tuple[ReaderSeen, ...]
