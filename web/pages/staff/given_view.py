"""What the pages of a clinician are given about measures, tasks and the plan of somebody in care."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.client.given_view import GivenLine, PlanPart
from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Back:
    """What came back once of what was given."""

    at: datetime
    state: str = ""
    text: str = field(default="", repr=False)
    score: int | None = field(default=None, repr=False)
    band: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Something that was given, with all that came back."""

    line: GivenLine
    every: str
    ended: bool
    back: tuple[Back, ...] = ()
    measure: str = ""


@dataclass(frozen=True, slots=True)
class GivenPage:
    """staff/given.html."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    key: str
    given: tuple[Given, ...] = ()
    measures: tuple[Named, ...] = ()
    """Those that may be given: none where several are in care."""
    series: tuple[Named, ...] = ()
    """Measures that came back here."""
    plan: tuple[PlanPart, ...] | None = None
    """None where there is none, or where several are in care."""
    plan_offered: bool = False
    alone: bool = True
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class BandDrawn:
    """A band of scores: from `top` on, `height` high; every second one is shaded."""

    top: float
    height: float
    name: str
    first: int
    shaded: bool


@dataclass(frozen=True, slots=True)
class PointDrawn:
    """A score in its place. `label`: whether its day is written under it."""

    x: float
    y: float
    score: int = field(repr=False)
    band: str = field(repr=False)
    at: datetime
    firsts: tuple[int | None, ...] = field(default=(), repr=False)
    """Of each item that is read first its value; None where it was below and is not known here."""
    label: bool = True
    last: bool = False


@dataclass(frozen=True, slots=True)
class Bracket:
    """A reliable change between the first score and the last: from `top` to `bottom`."""

    top: float
    bottom: float
    points: int = field(repr=False)
    lower: bool = field(repr=False)


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """staff/measure.html: the finding as a sentence, the chart, the same numbers as a table."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    title: str
    licence: str
    source: str
    bands: tuple[BandDrawn, ...]
    points: tuple[PointDrawn, ...]
    line: str = ""
    highest: int = 0
    alert_items: tuple[str, ...] = ()
    reliable: int = 0
    reliable_source: str = ""
    bracket: Bracket | None = None

    @property
    def first(self) -> PointDrawn | None:
        """The first time it came back."""
        return self.points[0] if self.points else None

    @property
    def last(self) -> PointDrawn | None:
        """The last time."""
        return self.points[-1] if self.points else None
