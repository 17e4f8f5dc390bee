"""What a clinician's pages are given: the inbox, a conversation, today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.inbox_view import Group, InboxRow
from web.pages.parts.people_view import WishRow
from web.pages.parts.stages import ACTIVE, Standing
from web.pages.parts.views import Failed, Field, Here, Letter, Named, Session, SignedIn, StaffBar, Timeline
from web.pages.staff.check_ins_view import CheckIns
from web.pages.staff.file_view import File
from web.pages.staff.pending_view import Pending


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A paragraph that waits for an answer: its place (entry.passage), its first words, and whether the draft answers it."""

    place: str
    opening: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class SieveView:
    """Whose answers and which label: what is chosen, and what there is. `away`: who waits and is not among the rows."""

    who: str = ""
    label: str = ""
    labels: tuple[Named, ...] = ()
    """By what the address says for it, and the label."""
    away: int = 0


@dataclass(frozen=True, slots=True)
class InboxRows:
    """_inbox_rows.html, the list alone (also the fragment /inbox/rows): rows by who waits longest."""

    here: Here
    rows: tuple[InboxRow, ...]
    totals: Mapping[Group, int] = field(default_factory=dict)
    """How many there are of a group, where that is more than its rows."""
    further: Mapping[Group, str] = field(default_factory=dict)
    """What the address says for more of a group."""
    waiting: int = 0
    """How many wait for the reader, shown or not."""
    held: int = 0
    open_id: str = ""
    unsent: Failed | None = None
    """Where it could not be found out whose unsent letters lie where."""
    query: str = ""
    """What of the address says which rows these are."""
    sieve: SieveView | None = None
    """By what they can be sifted, where there is anything to sift by."""
    wakes: datetime | None = None
    """When the next of those put aside comes back."""
    wishes: tuple[WishRow, ...] | Failed = ()
    """Who asks to come back in, and waits for a yes."""


@dataclass(frozen=True, slots=True)
class InboxRowAlone:
    """_inbox_row_alone.html, the fragment /inbox/rows/{id}."""

    here: Here
    row: InboxRow
    open_id: str = ""


@dataclass(frozen=True, slots=True)
class StandingIn:
    """The reader stands in for a colleague, until then at the latest. `looks`: they read, and write nothing."""

    until: datetime
    looks: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """The open conversation; `terms` is its promise in words, `readers` all who read it.

    `answering`: a letter is being written, and stands open beside those it answers.
    """

    id: str
    name: str
    terms: str
    readers: str
    people: tuple[Named, ...]
    timeline: Timeline
    field: Field
    session_key: str
    handled_key: str
    session: Session | None = None
    ended: Session | None = None
    """One that has just ended, and waits for its closing words."""
    waiting_since: datetime | None = None
    answer_by: datetime | None = None
    held: bool = False
    next: Named | None = None
    """Whose letter has waited longest, elsewhere."""
    first: Letter | None = None
    """What a colleague answered while this letter was being written: it was not sent."""
    mail_mode: str = "notice"
    mistake: str = ""
    named: tuple[Named, ...] = ()
    """Other clients whom the letter names: it was not sent, and its writer is asked."""
    closing_key: str = ""
    plan_b: str = ""
    file: File | Failed | None = None
    charges: tuple[Named, ...] = ()
    """Those in care here, where the reader answers for their name, their mail and their way in."""
    check_ins: CheckIns | Failed | None = None
    pending: tuple[Pending, ...] | Failed = ()
    answering: bool = False
    standing: Standing = ACTIVE
    """Where it is on its way out."""
    to_answer: tuple[ToAnswer, ...] | Failed = ()
    asked_in: int = 0
    """The number of the last letter of those in care, that one's own sheet stands beside; 0: none on this page."""
    stands_in: StandingIn | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """inbox.html (`open` none: choose one) and conversation.html (`open` given, its own page on a phone)."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    list: InboxRows
    open: Conversation | None = None
    dense: bool = False
    """Rows of one line, as this browser was asked to show them."""


@dataclass(frozen=True, slots=True)
class Waits:
    """_waits.html, the fragment /c/{id}/waits: what the answer bar says of who waits."""

    here: Here
    id: str
    handled_key: str
    waiting_since: datetime | None = None
    answer_by: datetime | None = None
    held: bool = False
    next: Named | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """_timeline.html, the fragment /c/{id}/entries?before=N."""

    here: Here
    timeline: Timeline
