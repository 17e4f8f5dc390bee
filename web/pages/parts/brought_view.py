"""A file that goes with a letter, as its field lists it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file that goes with what is being written; `found`: what the virus checker found, and so it cannot."""

    id: str
    name: str
    size: str
    cleaned: bool = False
    original: bool = False
    waiting: bool = False
    found: str = ""
