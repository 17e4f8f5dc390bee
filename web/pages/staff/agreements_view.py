"""What the page of what was agreed in a conversation is given."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class OfOne:
    """How a text stands with one of those in care: which version they agreed to last, as what name. 0: to none."""

    called: str
    needed: bool
    version: int = 0
    name: str = ""
    at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the practice by the version that binds, or will."""

    title: str
    way: str
    language: str
    version: int
    binds_from: datetime
    ended: bool
    html: Markup
    people: tuple[OfOne, ...]


@dataclass(frozen=True, slots=True)
class Agreements:
    """agreements.html"""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    texts: tuple[Text, ...] = ()
