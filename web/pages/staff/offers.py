"""The times a clinician offers, and what they keep free around sessions."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Busy, Conflict, Malformed, NotFound
from messaging.ids import SlotId, parse_uuid
from messaging.sessions import offering
from messaging.sessions.margins import set_margins
from messaging.sessions.offering import Range
from web.pages.parts.asking import clinician_visit, form_of, go, key_of
from web.pages.parts.times import hours_in, minutes_in, range_in, repeat_in
from web.pages.staff.calendar import MARGINS, PLACE, Again, again_with


async def offer(request: Request) -> Response:
    """POST /calendar/slots `day, time, until, minutes, pause, count?, weeks?`"""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    try:
        starts, ends = range_in(fields, visit)
        wanted = Range(starts, ends, minutes_in(fields), minutes_in(fields, "pause"), repeat_in(fields))
        await offering.offer(visit.office, visit.person, wanted)
    except (Malformed, Conflict, Busy) as refusal:
        return await again_with(request, visit, Again(refusal, "offer", fields))
    return go(f"{PLACE}?done=offered")


async def withdraw(request: Request) -> Response:
    """POST /calendar/slots/{slot}/withdraw"""
    visit = await clinician_visit(request)
    slot = parse_uuid(request.path_params["slot"])
    if slot is None:
        raise NotFound
    try:
        await offering.withdraw(visit.office, visit.person, SlotId(slot))
    except (Conflict, Busy) as refusal:
        return await again_with(request, visit, Again(refusal))
    return go(f"{PLACE}?done=withdrawn")


async def margins(request: Request) -> Response:
    """POST /calendar/margins `before, after, notice`: minutes, and hours."""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await set_margins(visit.office, visit.person, _wanted(fields))
    except Malformed as refusal:
        return await again_with(request, visit, Again(refusal, MARGINS, fields))
    return go(f"{PLACE}?done=margins#margins")


def _wanted(fields: Mapping[str, str]) -> Mapping[str, Any]:
    """Raises Malformed."""
    return {
        "before": minutes_in(fields, "before"),
        "after": minutes_in(fields, "after"),
        "notice": hours_in(fields, "notice"),
    }
