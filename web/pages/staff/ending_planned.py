"""How care is to end, for who cares: planned, changed, called off."""

from collections.abc import Mapping
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.ending.planning import EndingPlan, call_off_ending, ending_of, plan_ending
from messaging.errors import CareEnded, Malformed, TooLong
from messaging.trust.access import Deed, Pass
from web.http.refusals import status_of
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.planned_ending import EndingFields, PlanEndingPage, fields_of, shown
from web.pages.parts.saying import _
from web.pages.parts.showing import counted_bar, fresh_key, signed_in

TEMPLATE = "staff/ending_planned.html"


async def show(request: Request) -> Response:
    """GET /c/{conversation}/ending"""
    visit, held, circle = await _entered(request)
    return page(request, TEMPLATE, await _view(visit, held, circle))


async def plan(request: Request) -> Response:
    """POST /c/{conversation}/ending: planned, or planned anew. What does not go in stands in the fields once more."""
    visit, held, circle = await _entered(request)
    fields = await form_of(request)
    try:
        await plan_ending(visit.office, held, key_of(fields), _wanted(fields))
    except (Malformed, TooLong, CareEnded) as refusal:
        view = await _view(visit, held, circle, _typed(fields), refusal.detail)
        return page(request, TEMPLATE, view, status_of(refusal))
    return go(f"/c/{conversation_of(request)}/ending")


async def call_off(request: Request) -> Response:
    """POST /c/{conversation}/ending/off"""
    visit, held, _circle = await _entered(request)
    await call_off_ending(visit.office, held, key_of(await form_of(request)))
    return go(f"/c/{conversation_of(request)}/ending")


async def _entered(request: Request) -> tuple[Visit, Pass, Circle]:
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.ASSIGN)
    return visit, held, circle


async def _view(
    visit: Visit, held: Pass, circle: Circle, typed: EndingFields | None = None, mistake: str = ""
) -> PlanEndingPage:
    planned = await ending_of(visit.office, held)
    return PlanEndingPage(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, ""),
        here=visit.here,
        conversation_id=str(held.conversation),
        name=circle.title(),
        key=fresh_key(),
        today=visit.here.now.astimezone(visit.here.zone).date().isoformat(),
        fields=typed or fields_of(planned),
        planned=None if planned is None else shown(planned, circle, visit.here),
        ended=circle.conversation.ended_at is not None,
        mistake=mistake,
    )


def _typed(fields: Mapping[str, str]) -> EndingFields:
    return EndingFields(
        day=fields.get("day", ""),
        by_itself=fields.get("by_itself") == "yes",
        letters=fields.get("letters", ""),
        sessions=fields.get("sessions", ""),
        write_until=fields.get("write_until", ""),
        elsewhere=fields.get("elsewhere", ""),
        words=fields.get("words", ""),
    )


def _wanted(fields: Mapping[str, str]) -> EndingPlan:
    typed = _typed(fields)
    day = _day(typed.day)
    if day is None:
        raise Malformed(_("Please say which day is the last."))
    return EndingPlan(
        day=day,
        by_itself=typed.by_itself,
        letters=_count(typed.letters),
        sessions=_count(typed.sessions),
        write_until=_day(typed.write_until),
        elsewhere=typed.elsewhere.strip(),
        words=typed.words.strip(),
    )


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw) if raw else None
    except ValueError:
        raise Malformed(_("A day is written like 2026-12-07.")) from None


def _count(raw: str) -> int | None:
    if not raw.strip():
        return None
    if not (raw.strip().isascii() and raw.strip().isdigit()):
        raise Malformed(_("How many remain is a number, or nothing."))
    return int(raw[:9])
