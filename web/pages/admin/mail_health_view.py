"""What the page of how mail stands is given."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Mails to one provider in one state; `domain` empty: their words are erased."""

    domain: str
    state: str
    count: int
    tries: int
    next: datetime | None


@dataclass(frozen=True, slots=True)
class MailPage:
    """mail_health.html. `cut`: more waits than is counted."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    queue: tuple[QueueRow, ...]
    held: int
    unarrived: int
    cut: bool = False
    done: bool = False
