"""What a clinician's day is shown by: one sentence, few rows, and the day as a rail."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.inbox_view import InboxRow
from web.pages.parts.views import Here, Session, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Mark:
    """One hour of the rail at which something is: a session, or promises; `now` is where the hand stands."""

    at: datetime
    session: Session | None = None
    promised: tuple[str, ...] = ()
    """Whose, where letters are promised by then."""
    now: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """today.html. The counts are of all, the rows at most so many as a day holds."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    title: str
    """The day itself: Thursday, 3 December."""
    late: tuple[InboxRow, ...] = ()
    due: tuple[InboxRow, ...] = ()
    tomorrow: tuple[InboxRow, ...] = ()
    asked: tuple[InboxRow, ...] = ()
    """Where a letter of theirs did not go or did not arrive, or somebody wrote after care ended."""
    rail: tuple[Mark, ...] = ()
    room: Session | None = None
    """The session that is live now, or begins within the quarter of an hour."""
    to_answer: int = 0
    """How many letters the flow begins with."""
    late_count: int = 0
    due_count: int = 0
    """Of today, without the late ones."""
    tomorrow_count: int = 0
    first: datetime | None = None
    """The first promise of today that is not over."""
    following: datetime | None = None
    following_name: str = ""
    nobody: bool = False
    """Nobody is in their care here yet."""
