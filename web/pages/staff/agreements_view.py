"""What the page of what was agreed in a conversation is given."""

from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from web.pages.parts.circles_view import AnswerFields
from web.pages.parts.exchange_view import ExchangeCard
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
class ReplyRow:
    """An answer since the agreement. `place`: among those of the work itself; 0: it is none of them."""

    number: int
    at: datetime
    kind: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class TermFields:
    """What is proposed, as the form has it."""

    answer: AnswerFields = field(default_factory=AnswerFields)
    words: str = ""
    exchanges: str = ""
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Agreements:
    """agreements.html"""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    texts: tuple[Text, ...] = ()
    card: ExchangeCard | None = None
    replies: tuple[ReplyRow, ...] = ()
    may_propose: bool = False
    typed: TermFields = field(default_factory=TermFields)
    most_days: int = 10
    key: str = ""
    done: str = ""
    mistake: str = ""
