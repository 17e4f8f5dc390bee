"""One instrument, as its pack says it: items, options, scoring, bands, and where each of them was published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ENGLISH: Final = "en"
"""The language each text of a pack stands in at least."""

Said = Mapping[str, str]
"""A text by language (BCP 47): published wording, so it stands in the pack and is translated nowhere else."""


def said_in(said: Said, language: str) -> str:
    """In this language where the pack has it (`de` for `de-AT`), else in English."""
    return said.get(language) or said.get(language.partition("-")[0]) or said[ENGLISH]


@dataclass(frozen=True, slots=True)
class Item:
    """A question. `reverse`: its value is counted from the other end."""

    id: str
    text: Said
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen for each item."""

    value: int
    text: Said


@dataclass(frozen=True, slots=True)
class Band:
    """A range of scores with its published name, both ends within. `name` is what programs are told."""

    first: int
    last: int
    name: str
    text: Said


@dataclass(frozen=True, slots=True)
class Alert:
    """From which value on an item is shown first to who cares: a reason to ask, and no finding."""

    item: str
    at_least: int


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """By how many points scores differ more than measuring alone explains, and who published that."""

    points: int
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """An instrument. Its score is the sum of all values, `times` some factor."""

    name: str
    title: Said
    intro: Said
    items: tuple[Item, ...]
    options: tuple[Option, ...]
    bands: tuple[Band, ...]
    source: str
    licence: Said
    """The line that is shown wherever the instrument is."""
    times: int = 1
    may_lack: int = 0
    """How many items may stay unanswered; what is there is counted up to the whole then."""
    more_is_worse: bool = True
    alerts: tuple[Alert, ...] = ()
    reliable: ReliableChange | None = None

    @property
    def lowest(self) -> int:
        """Of all scores."""
        return len(self.items) * min(one.value for one in self.options) * self.times

    @property
    def highest(self) -> int:
        """Of all scores."""
        return len(self.items) * max(one.value for one in self.options) * self.times

    def band_of(self, score: int) -> Band:
        """The band a score lies in: there is one for each (`packs`)."""
        return next(one for one in self.bands if one.first <= score <= one.last)
