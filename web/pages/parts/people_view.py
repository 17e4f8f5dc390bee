"""What the pages about people are given: somebody to be added, somebody's page, the card of an invitation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.qr import Qr
from web.pages.parts.stages import ACTIVE, Standing
from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Whom to call in need."""

    name: str
    number: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An invitation as it is handed over, once: `link` and its picture are kept nowhere.

    `cared_by` and `answered` ("within two working days") are empty where nobody writes with them yet.
    """

    name: str = field(repr=False)
    username: str = field(repr=False)
    practice: str
    link: str = field(repr=False)
    qr: Qr
    expires: datetime
    help_at: str
    words_at: str = ""
    """Where the three words are typed."""
    words: str = field(default="", repr=False)
    is_client: bool = True
    cared_by: str = ""
    answered: str = ""
    numbers: tuple[HelpLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of a person."""

    name: str = field(default="", repr=False)
    username: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    mode: str = "notice"
    role: str = "therapist"
    clinician: str = ""
    identity: str = "identified"
    pseudonym: str = field(default="", repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class AddPerson:
    """add_person.html. `place` is where it is posted, `back` where one came from; `roles` for who will work here.

    `mistakes` are words beside a field: name, username, email, mode, clinician, role, identity; "" stands above all.
    """

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    place: str
    back: str
    typed: Typed
    is_client: bool = True
    by_administrator: bool = False
    roles: tuple[str, ...] = ()
    carers: tuple[Named, ...] = ()
    usual_identity: str = "identified"
    """As the practice has it, where nobody says otherwise."""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CircleRow:
    """One conversation somebody is in, for who arranges it: with whom, never a word of it."""

    id: str
    kind: str
    names: str = field(repr=False)
    standing: Standing = ACTIVE


@dataclass(frozen=True, slots=True)
class WishRow:
    """Somebody wishes to come back in. `open_from`: yes was said, and from then on a mailed link is enough."""

    id: str
    name: str = field(repr=False)
    since: datetime
    open_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Glass:
    """What is asked of a sealed identity. `may`: the reader said who they are a moment ago; `alone`: no other can say yes.

    `own`: the request is the reader's, under either hat; `mine`: under this one. `until`: when it lapses.
    """

    may: bool
    alone: bool
    request: str = ""
    asker: str = field(default="", repr=False)
    own: bool = False
    mine: bool = False
    reason: str = field(default="", repr=False)
    unsafe: bool = False
    allowed: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """opened.html: who a sealed client is, or the `mistake` for which it is not opened. `place`: their page."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    place: str
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    told: bool = False
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """person.html. `state`: in | waiting | expired | withdrawn | left | gone; `state_at`: until when an invitation is good.

    `conversation`: where a clinician writes with them. `done`: what was done just now.
    """

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    base: str
    """Below which all places of people lie."""
    id: str
    back: str
    name: str
    role: str
    username: str
    typed: Typed
    state: str
    state_at: datetime | None = None
    """Of who was erased: since when."""
    by_administrator: bool = False
    by_mail: bool = False
    """Whether a mail can bring them a way in: they have an address, and a conversation."""
    mailed: bool = False
    is_reader: bool = False
    unreachable: bool = False
    others: tuple[str, ...] = ()
    circles: tuple[CircleRow, ...] = ()
    successors: tuple[Named, ...] = ()
    """Who could care in their place, where they leave conversations behind."""
    conversation: str = ""
    identity: str = "identified"
    has_address: bool = False
    card: Card | None = None
    wish: WishRow | None = None
    glass: Glass | None = None
    done: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where their own page is."""
        return f"{self.base}/{self.id}"

    @property
    def is_client(self) -> bool:
        """Whether they are in care."""
        return self.role == "client"


@dataclass(frozen=True, slots=True)
class GonePage:
    """gone.html. `what`: person | conversation; `since` None: who looks may know that they are gone, and no day."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    back: str
    what: str
    since: datetime | None = None
    id: str = ""
    """As the page of who did what is asked for it."""

    @property
    def by_administrator(self) -> bool:
        """Who may see the trail."""
        return self.signed_in.role == "administrator"
