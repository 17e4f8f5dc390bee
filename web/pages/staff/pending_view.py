"""What the bar of letters not yet sent is handed."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here


@dataclass(frozen=True, slots=True)
class Pending:
    """A letter not yet sent. `soon`: within the moments in which it can be undone; `rested`: slept on long enough."""

    key: str
    opening: str
    send_at: datetime | None = None
    wake_at: datetime | None = None
    rested: bool = False
    stopped: str = ""
    """Why it was not sent (messaging.memory.sending_later.PendingState), where it was stopped."""
    soon: bool = False


@dataclass(frozen=True, slots=True)
class PendingBar:
    """_pending_bar.html."""

    here: Here
    conversation: str
    letters: tuple[Pending, ...] = ()
