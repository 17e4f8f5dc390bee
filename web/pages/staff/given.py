"""What somebody in care was given, for who cares: measures, tasks, the plan; and a measure over time."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from messaging.assignments.assignment import Assignment, AssignmentKind
from messaging.assignments.cadence import read_every
from messaging.assignments.giving import Given as ToGive
from messaging.assignments.giving import ask_no_more, give
from messaging.assignments.standing import assignment, assignments_of, series
from messaging.conversations import Circle
from messaging.errors import Conflict, Malformed, NotFound, TooLong
from messaging.ids import parse_uuid
from messaging.measures.measure import ENGLISH, said_in
from messaging.office import Office
from messaging.plans.changing import offer_plan, remark
from messaging.plans.plan import Plan, versions
from messaging.trust.access import Deed, Pass
from web.http.refusals import status_of
from web.pages.client.given_view import GivenLine
from web.pages.client.plan import parts_shown
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.showing import counted_bar, fresh_key, signed_in
from web.pages.parts.views import Named
from web.pages.staff.given_view import Back, Given, GivenPage, MeasurePage
from web.pages.staff.measure_chart import bands_drawn, bracket_of, line_through, points_drawn

REFUSED = (Malformed, TooLong, Conflict)


async def show(request: Request) -> Response:
    """GET /c/{conversation}/given"""
    visit, held, circle = await _entered(request)
    return page(request, "staff/given.html", await _view(visit, held, circle))


async def hand_out(request: Request) -> Response:
    """POST /c/{conversation}/given `kind, what, every?, why?`: a measure or a task is given."""
    visit, held, circle = await _entered(request)
    fields = await form_of(request)
    try:
        await give(visit.office, held, circle, _wanted(fields))
    except REFUSED as refusal:
        view = await _view(visit, held, circle, mistake=refusal.detail)
        return page(request, "staff/given.html", view, status_of(refusal))
    return go(_place(request))


async def end(request: Request) -> Response:
    """POST /c/{conversation}/given/{assignment}/end: it is asked no more."""
    visit, held, _ = await _entered(request)
    key_of(await form_of(request))
    named = parse_uuid(request.path_params["assignment"])
    if named is None:
        raise NotFound
    await ask_no_more(visit.office, held, await assignment(visit.office, held, named))
    return go(_place(request))


async def offer(request: Request) -> Response:
    """POST /c/{conversation}/given/plan: an empty plan, which the client finds on their first page."""
    visit, held, circle = await _entered(request)
    await offer_plan(visit.office, held, circle, key_of(await form_of(request)))
    return go(_place(request))


async def say_beside(request: Request) -> Response:
    """POST /c/{conversation}/given/remark `part, text`: beside a part of the plan."""
    visit, held, circle = await _entered(request)
    fields = await form_of(request)
    try:
        await remark(visit.office, held, circle, key_of(fields), fields.get("part"), fields.get("text", ""))
    except REFUSED as refusal:
        view = await _view(visit, held, circle, mistake=refusal.detail)
        return page(request, "staff/given.html", view, status_of(refusal))
    return go(_place(request))


async def measured(request: Request) -> Response:
    """GET /c/{conversation}/measures/{measure}: the sentence, the chart, the table."""
    visit, held, circle = await _entered(request)
    name = request.path_params["measure"]
    found = await series(visit.office, held, name)
    measure = visit.office.measures[name]
    drawn = points_drawn(measure, found, ENGLISH)
    view = MeasurePage(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, ""),
        here=visit.here,
        conversation_id=str(held.conversation),
        name=circle.title(),
        title=said_in(measure.title, ENGLISH),
        licence=said_in(measure.licence, ENGLISH),
        source=measure.source,
        bands=bands_drawn(measure, ENGLISH),
        points=drawn,
        line=line_through(drawn),
        highest=measure.highest,
        alert_items=tuple(one.item for one in measure.alerts),
        reliable=measure.reliable.points if measure.reliable else 0,
        reliable_source=measure.reliable.source if measure.reliable else "",
        bracket=bracket_of(measure, drawn),
    )
    return page(request, "staff/measure.html", view)


def _wanted(fields: Mapping[str, str]) -> ToGive:
    try:
        kind = AssignmentKind(fields.get("kind", ""))
    except ValueError:
        raise Malformed("Please choose what is given.") from None
    why = fields.get("why", "").strip() or None
    every = read_every(fields.get("every") or None)
    return ToGive(key_of(fields), kind, fields.get("what"), every, why=why)


async def _entered(request: Request) -> tuple[Visit, Pass, Circle]:
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.ASSIGN)
    return visit, held, circle


async def _view(visit: Visit, held: Pass, circle: Circle, *, mistake: str = "") -> GivenPage:
    found = await assignments_of(visit.office, held)
    alone, plan = len(circle.clients) == 1, Plan()
    if alone:
        plan = (await versions(visit.office, held))[-1]
    measures = visit.office.measures
    came = {one.what for one in found if one.kind is AssignmentKind.MEASURE and one.came_back}
    named = [Named(name, said_in(measures[name].title, ENGLISH)) for name in sorted(measures)]
    return GivenPage(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, ""),
        here=visit.here,
        conversation_id=str(held.conversation),
        name=circle.title(),
        key=fresh_key(),
        given=tuple(_given(visit.office, circle, one) for one in found),
        measures=tuple(named) if alone else (),
        series=tuple(one for one in named if one.id in came),
        plan=parts_shown(plan, circle) if alone and plan.version else None,
        plan_offered=plan.version > 0,
        alone=alone,
        mistake=mistake,
    )


def _given(office: Office, circle: Circle, one: Assignment) -> Given:
    measure = office.measures.get(one.what) if one.kind is AssignmentKind.MEASURE else None
    by = circle.people.get(one.by)
    line = GivenLine(
        id=str(one.id),
        kind=one.kind,
        title=said_in(measure.title, ENGLISH) if measure else one.title or one.what,
        by=by.name if by else "",
        asked=one.asked,
        due=one.due,
        why=one.why,
        last_at=one.last_at,
    )
    back = tuple(
        Back(came.at, came.facts.state or "", came.text, came.facts.score, came.facts.band or "")
        for came in reversed(one.came_back)
    )
    every = "" if one.every is None else str(one.every)
    return Given(line, every, one.ended_at is not None, back, measure.name if measure else "")


def _place(request: Request) -> str:
    return f"/c/{conversation_of(request)}/given"
