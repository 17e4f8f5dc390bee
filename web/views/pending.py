"""What the bar of letters not yet sent is handed."""

from dataclasses import dataclass

from web.views.parts import Here, Pending


@dataclass(frozen=True, slots=True)
class PendingBar:
    """_pending_bar.html."""

    here: Here
    conversation: str
    letters: tuple[Pending, ...] = ()
