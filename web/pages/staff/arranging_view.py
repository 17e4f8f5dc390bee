"""What the page that arranges a conversation is handed."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Moment:
    """Until when it may be put aside by one press."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Arranging:
    """arranging.html. `runs`: somebody may be needed there now, so it stays in sight; `wrong`: which form was refused."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    conversation_id: str
    name: str
    moments: tuple[Moment, ...]
    earliest: str
    """The first day that can be chosen."""
    me: str
    snoozed_until: datetime | None = None
    runs: bool = False
    labels: str = ""
    clinicians: tuple[Named, ...] = ()
    assignee: str = ""
    done: str = ""
    wrong: str = ""
    mistake: str = ""
