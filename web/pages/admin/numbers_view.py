"""What the pages about a whole practice in figures are given: promises that have passed, and months. Never a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """A clinician with so many conversations whose promise has passed, the oldest since then."""

    id: str
    name: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month; each figure by its column, None where it would stand for fewer than five people."""

    first: date
    figures: Mapping[str, int | None]
    hours: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of the drawing, in its own units: `known`: whether there is a figure to draw."""

    first: date
    x: int
    y: int
    height: int
    known: bool
    figure: int | None


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """numbers.html. `overdue`: who the most are late with first."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    overdue: tuple[OverdueRow, ...]
    months: tuple[MonthRow, ...]
    letters: tuple[Bar, ...]
    sessions: tuple[Bar, ...]
