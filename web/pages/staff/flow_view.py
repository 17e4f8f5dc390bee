"""What one letter of the day is shown by, and the end of it."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.undoing_view import Undo
from web.pages.parts.views import Failed, Field, Here, Letter, Named, SignedIn, Unshown
from web.pages.staff.flow_steps import Place
from web.pages.staff.pending_view import Pending
from web.pages.staff.views import ToAnswer


@dataclass(frozen=True, slots=True)
class Going:
    """A letter that was just sent and can still be taken back; whose it is, another's page does not say."""

    conversation: str
    key: str
    at: datetime
    left: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Flow:
    """flow.html. Of other clients it holds nothing: no name, no word, and no count but how many letters there are.

    `answers` is the newest of the letters, by its id: what the form says it was written for.
    """

    signed_in: SignedIn
    here: Here
    id: str
    name: str
    readers: str
    place: Place
    letters: tuple[Letter | Unshown, ...]
    answers: str
    seen: int
    field: Field
    settle_key: str
    before: Letter | Unshown | None = None
    """What was written to them last."""
    promise: datetime | None = None
    to_answer: tuple[ToAnswer, ...] | Failed = ()
    pending: tuple[Pending, ...] | Failed = ()
    mail_mode: str = "notice"
    going: tuple[Going, ...] = ()
    undo: tuple[Undo, ...] = ()
    elsewhere: int = 0
    """How many letters of the flow were answered from somewhere else since the last page."""
    new: int = 0
    mistake: str = ""
    named: tuple[Named, ...] = ()
    first: Letter | Unshown | None = None
    stands_in: bool = False
    """The reader only stands in here: nothing of their own is kept about it."""
    live: bool = False
    """Their session is open now."""


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """flow_end.html: one sentence, what comes next, and what can still be undone."""

    signed_in: SignedIn
    here: Here
    place: Place | None = None
    done: int = 0
    later: int = 0
    elsewhere: int = 0
    going: tuple[Going, ...] = ()
    undo: tuple[Undo, ...] = ()
    next: datetime | None = None
    next_name: str = ""
    nothing_at: str = ""
    """The conversation one came for, where nothing waits any more."""
