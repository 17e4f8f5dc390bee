"""What a page on which a letter is answered is given beside its field."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter a client may be answering. `fresh`: they have not written since."""

    author: str
    at: datetime
    text: str
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A paragraph that waits for an answer: its place (entry.passage), its first words, and whether the draft answers it."""

    place: str
    opening: str
    done: bool = False
