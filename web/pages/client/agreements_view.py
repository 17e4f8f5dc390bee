"""What the pages of what a client agrees to are given."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from web.pages.parts.exchange_view import ExchangeCard
from web.pages.parts.views import Here, SignedIn


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A document, and how it stands with the reader. `place`: where it is read."""

    title: str
    place: str
    way: str
    version: int
    binds_from: datetime
    needed: bool
    ended: bool
    agreed_at: datetime | None = None
    agreed_version: int = 0
    name: str = ""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that was agreed to and stays readable."""

    number: int
    place: str


@dataclass(frozen=True, slots=True)
class Agreements:
    """agreements.html. `kept`: a letter waits as a draft until something is agreed to."""

    signed_in: SignedIn
    here: Here
    rows: tuple[AgreementRow, ...] = ()
    done: str = ""
    kept: bool = False
    cards: tuple[ExchangeCard, ...] = ()
    key: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """agreement.html: one document, the version that binds or an earlier one, with what is different in it.

    `places`: at how many it differs from what the reader agreed to; 0 where that is not said. `earlier`: of an earlier one.
    """

    signed_in: SignedIn
    here: Here
    key: str
    row: AgreementRow
    shown: int
    text: Markup
    stop: str
    name: str
    places: int = 0
    old: bool = False
    earlier: tuple[Earlier, ...] = ()
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Stopping:
    """stopping.html: a letter to say that one wants to stop; open whatever was agreed."""

    signed_in: SignedIn
    here: Here
    key: str
    action: str
    readers: str
    text: str
    mistake: str = ""
