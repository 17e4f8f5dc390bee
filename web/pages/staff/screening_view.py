"""What the screener's page is handed."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class HeldLetter:
    """A letter in the screener. `reasons` are sentences for the therapist; `guesses` may be empty."""

    id: str
    sender: str
    at: datetime
    reasons: tuple[str, ...]
    preview: str
    attach_key: str
    refuse_key: str
    guesses: tuple[Named, ...] = ()
    may_remember: bool = False
    """Whether its address can be remembered as the client's."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A further address of a client, with the form that forgets it."""

    id: str
    conversation: str
    client: str
    name: str
    address: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Screener:
    """screener.html. `conversations` is the caseload a letter may be attached to by choice."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    held: tuple[HeldLetter, ...] = ()
    conversations: tuple[Named, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    others: int = 0
    """How many more there are to choose from."""
