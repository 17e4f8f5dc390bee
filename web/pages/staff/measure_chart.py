"""A measure over time as a chart: where bands, scores and the bracket stand. Drawn on the server, without a script."""

from collections.abc import Sequence
from typing import Final

from messaging.assignments.standing import Point
from messaging.measures.measure import Alert, Measure, said_in
from web.pages.staff.given_view import BandDrawn, Bracket, PointDrawn

LEFT: Final = 40.0
RIGHT: Final = 600.0
TOP: Final = 16.0
BOTTOM: Final = 416.0
"""Of the plot, in units of the drawing; bands are named to its right, days stand below."""
INSET: Final = 28.0
APART: Final = 56.0
"""Between two days that are written out."""


def bands_drawn(measure: Measure, language: str) -> tuple[BandDrawn, ...]:
    """From the lowest scores, at the bottom, up. A band reaches to where the next begins."""
    made = []
    for place, one in enumerate(measure.bands):
        above = measure.bands[place + 1].first if place + 1 < len(measure.bands) else measure.highest
        top, bottom = _y(measure, above), _y(measure, one.first)
        name = said_in(one.text, language)
        made.append(BandDrawn(top, bottom - top, name, one.first, place % 2 == 0))
    return tuple(made)


def points_drawn(measure: Measure, points: Sequence[Point], language: str) -> tuple[PointDrawn, ...]:
    """In the order of time, as far apart as they were."""
    if not points:
        return ()
    begin, span = points[0].at, (points[-1].at - points[0].at).total_seconds()
    named = {one.name: said_in(one.text, language) for one in measure.bands}
    made: list[PointDrawn] = []
    labelled = -APART
    for place, one in enumerate(points):
        share = (one.at - begin).total_seconds() / span if span else 0.5
        x = round(LEFT + INSET + share * (RIGHT - LEFT - 2 * INSET), 1)
        last = place == len(points) - 1
        label = x - labelled >= APART
        labelled = x if label else labelled
        made.append(
            PointDrawn(
                x=x,
                y=_y(measure, one.score),
                score=one.score,
                band=named.get(one.band, one.band),
                at=one.at,
                firsts=tuple(_first(one, alert) for alert in measure.alerts),
                label=label,
                last=last,
            )
        )
    return tuple(made)


def bracket_of(measure: Measure, drawn: Sequence[PointDrawn]) -> Bracket | None:
    """From the first score to the last, where they differ by what was published as a reliable change."""
    if measure.reliable is None or len(drawn) < 2:
        return None
    first, last = drawn[0], drawn[-1]
    points = abs(last.score - first.score)
    if points < measure.reliable.points:
        return None
    return Bracket(min(first.y, last.y), max(first.y, last.y), points, last.score < first.score)


def _first(point: Point, alert: Alert) -> int | None:
    below = 0 if alert.at_least == 1 else None
    return dict(point.alerts).get(alert.item, below)


def line_through(drawn: Sequence[PointDrawn]) -> str:
    """As a polyline names its points."""
    return " ".join(f"{one.x},{one.y}" for one in drawn)


def _y(measure: Measure, score: int) -> float:
    share = (score - measure.lowest) / (measure.highest - measure.lowest)
    return round(BOTTOM - share * (BOTTOM - TOP), 1)
