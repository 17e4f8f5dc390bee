"""The practice itself, for who administers it: its name, its clock, its own numbers for Help now."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed
from messaging.people import HelpNumber
from messaging.practice.founding import checked_name
from messaging.practice.settings import NUMBERS, PracticeChanges, change_practice, checked_numbers
from web.http.refusals import status_of
from web.pages.admin.views import NumberRow, PracticePage
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, form_of, go, key_of, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.public.arriving import time_zones

EMPTY: Final = 2
"""Rows left open below those that are filled."""


async def show(request: Request) -> Response:
    """GET /admin/practice"""
    visit = await administrator_visit(request)
    kept = [NumberRow(one.name, one.number, one.when) for one in visit.practice.numbers]
    name, zone = visit.practice.name, visit.practice.time_zone
    view = _view(visit, name, zone, kept, done=request.query_params.get("done") == "1")
    return page(request, "admin/practice.html", view)


async def change(request: Request) -> Response:
    """POST /admin/practice: everything at once. Whatever was promised is by this clock from now on."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    name, zone, rows = fields.get("name", ""), fields.get("zone", ""), _rows(fields)
    numbers = tuple(HelpNumber(one.name, one.number, one.when) for one in rows)
    mistakes = _mistakes(name, zone, numbers, visit.practice.time_zone)
    if mistakes:
        view = _view(visit, name, zone, rows, mistakes=mistakes)
        return page(request, "admin/practice.html", view, 422)
    try:
        now = await change_practice(visit.office, visit.person, PracticeChanges(name, zone, numbers))
    except Malformed as refusal:
        view = _view(visit, name, zone, rows, mistakes={"": refusal.detail})
        return page(request, "admin/practice.html", view, status_of(refusal))
    visit.house.help_numbers.learn(now)
    return go("/admin/practice?done=1")


def _rows(fields: Mapping[str, str]) -> list[NumberRow]:
    """Those in which something stands."""
    found = []
    for place in range(NUMBERS):
        name, number, when = (fields.get(f"{one}{place}", "").strip() for one in ("whose", "number", "when"))
        if name or number or when:
            found.append(NumberRow(name, number, when))
    return found


def _mistakes(name: str, zone: str, numbers: tuple[HelpNumber, ...], own: str) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        checked_name(name)
    except Malformed as refusal:
        found["name"] = refusal.detail
    if zone not in zones_with(own):
        found["zone"] = "Please choose one of the list."
    if any(not one.name or not one.number for one in numbers):
        found["numbers"] = "Each number has a name beside it, and each name a number."
        return found
    try:
        checked_numbers(numbers)
    except Malformed as refusal:
        found["numbers"] = refusal.detail
    return found


def zones_with(own: str) -> tuple[str, ...]:
    """All there are to choose from; the present one stands among them, wherever an import had it from."""
    known = time_zones()
    return known if own in known else (own, *known)


def _view(
    visit: Visit,
    name: str,
    zone: str,
    numbers: list[NumberRow],
    *,
    done: bool = False,
    mistakes: Mapping[str, str] | None = None,
) -> PracticePage:
    shown = [*numbers, *[NumberRow()] * EMPTY][:NUMBERS]
    return PracticePage(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("practice"),
        here=visit.here,
        key=fresh_key(),
        name=name,
        zone=zone,
        time_zones=zones_with(visit.practice.time_zone),
        numbers=tuple(shown),
        done=done,
        mistakes=mistakes or {},
    )
