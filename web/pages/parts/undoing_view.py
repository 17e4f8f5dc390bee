"""What the undo bar is handed: deeds of a moment ago, each with the slip that undoes it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Undo:
    """`deed` is what was done (messaging.slips.Undoable), `name` the conversation it was done in, for clinicians."""

    slip: str = field(repr=False)
    deed: str
    name: str
    left: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class UndoBar:
    """_undo_bar.html, the fragment that answers a deed done without leaving the page."""

    undo: tuple[Undo, ...] = ()
    mistake: str = ""
    undone: str = ""
    """The deed that was undone this moment."""
