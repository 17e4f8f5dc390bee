"""A practice in figures: promises that have passed, by who answers; letters and sessions by month, as page and table."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.counting.overdue import overdue_of
from messaging.counting.statistics import LETTERS, SESSIONS, Month, statistics_of
from web.http.handing_out import saved
from web.pages.admin.numbers_view import Bar, MonthRow, NumbersPage, OverdueRow
from web.pages.parts import views as parts
from web.pages.parts.asking import administrator_visit, page
from web.pages.parts.csv_rows import MARK, row
from web.pages.parts.showing import signed_in

COLUMNS: Final = ("letters", *LETTERS, "sent", "sessions", *SESSIONS)
"""Whole figures before their parts."""
HIGH, STEP = 100, 24
"""Of the drawing: the highest column, and from one to the next."""


async def show(request: Request) -> Response:
    """GET /admin/numbers"""
    visit = await administrator_visit(request)
    late = await overdue_of(visit.office, visit.person)
    months = await statistics_of(visit.office, visit.person)
    rows = tuple(month_row(one) for one in months)
    view = NumbersPage(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("admin"),
        here=visit.here,
        overdue=tuple(
            OverdueRow(str(one.clinician.id), one.clinician.name, one.count, one.since) for one in late
        ),
        months=rows,
        letters=bars(rows, "letters"),
        sessions=bars(rows, "sessions"),
    )
    return page(request, "admin/numbers.html", view)


async def as_csv(request: Request) -> Response:
    """GET /admin/numbers.csv: the months, for a table program. A figure of too few people is an empty cell."""
    visit = await administrator_visit(request)
    months = await statistics_of(visit.office, visit.person)
    rows = [row(("month", *COLUMNS, "median_hours_to_answer"))]
    for one in map(month_row, months):
        told = ("" if one.figures[name] is None else str(one.figures[name]) for name in COLUMNS)
        rows.append(row((f"{one.first:%Y-%m}", *told, "" if one.hours is None else f"{one.hours:g}")))
    return saved(MARK + b"".join(rows), "text/csv; charset=utf-8", "numbers.csv")


def month_row(one: Month) -> MonthRow:
    """A month by the names of its columns."""
    figures = {
        "letters": one.letters.whole,
        **one.letters.parts,
        "sent": one.sent.whole,
        "sessions": one.sessions.whole,
        **one.sessions.parts,
    }
    return MonthRow(one.first, figures, one.hours)


def bars(rows: Sequence[MonthRow], name: str) -> tuple[Bar, ...]:
    """The columns of a drawing from the oldest month to the newest; the highest is as high as the drawing."""
    found: list[tuple[date, int | None]] = [(one.first, one.figures[name]) for one in reversed(rows)]
    most = max((figure or 0 for _, figure in found), default=0) or 1
    drawn = [(first, figure, round(HIGH * (figure or 0) / most)) for first, figure in found]
    return tuple(
        Bar(first, STEP * place, HIGH - high, high, figure is not None, figure)
        for place, (first, figure, high) in enumerate(drawn)
    )
