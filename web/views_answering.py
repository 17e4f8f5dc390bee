"""What the page of an answer is given beside its field."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A paragraph that waits for an answer: its place (entry.passage), its first words, and whether the draft answers it."""

    place: str
    opening: str
    done: bool = False
