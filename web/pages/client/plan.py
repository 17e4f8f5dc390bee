"""A client's plan for hard hours: read, printed, changed. Theirs alone to write."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.errors import Crossed, Malformed, NotFound, TooLong
from messaging.inbox.listing import inbox
from messaging.plans.changing import Change, change_plan
from messaging.plans.plan import MOST, PARTS, Part, Plan, checked_parts, plan_of
from messaging.trust.access import Deed, Pass
from web.http.refusals import status_of
from web.pages.client.given_view import PlanPage, PlanPart
from web.pages.parts.asking import Visit, client_visit, form_of, go, key_of, number_in, page
from web.pages.parts.entries import LEFT
from web.pages.parts.showing import fresh_key, signed_in

PLACE = "/me/plan"


async def show(request: Request) -> Response:
    """GET /me/plan"""
    visit, held, circle = await _entered(request, Deed.READ)
    return page(request, "client/plan.html", _view(visit, circle, await plan_of(visit.office, held, circle)))


async def to_change(request: Request) -> Response:
    """GET /me/plan/change"""
    visit, held, circle = await _entered(request, Deed.WRITE)
    view = _view(visit, circle, await plan_of(visit.office, held, circle))
    return page(request, "client/plan_change.html", view)


async def change(request: Request) -> Response:
    """POST /me/plan/change: whole, over what they read. What does not go in stands in the fields once more."""
    visit, held, circle = await _entered(request, Deed.WRITE)
    fields = await form_of(request)
    version = number_in(fields.get("version"), 0)
    try:
        parts = checked_parts(_parts_in(fields))
        await change_plan(visit.office, held, circle, Change(key_of(fields), parts, version))
    except (Malformed, TooLong, Crossed) as refusal:
        stands = await plan_of(visit.office, held, circle)
        said = tuple(Part(one["name"], one["text"]) for one in _parts_in(fields))
        mine = Plan(said or stands.parts, stands.remarks, stands.version, stands.at, stands.author)
        view = _view(visit, circle, mine, mistake=refusal.detail)
        return page(request, "client/plan_change.html", view, status_of(refusal))
    return go(PLACE)


def _parts_in(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"name": fields[f"name-{one}"], "text": fields.get(f"text-{one}", "").strip()}
        for one in range(1, MOST + 1)
        if f"name-{one}" in fields
    ]


async def _entered(request: Request, deed: Deed) -> tuple[Visit, Pass, Circle]:
    """Of the conversation in which they are in care alone: the first, where there are several."""
    visit = await client_visit(request)
    alone = [one for one in await inbox(visit.office, visit.person) if len(one.circle.clients) == 1]
    if not alone:
        raise NotFound
    chosen = next((one for one in alone if one.given), alone[0])
    held, circle = await visit.enter(chosen.conversation.id, deed)
    return visit, held, circle


def _view(visit: Visit, circle: Circle, plan: Plan, *, mistake: str = "") -> PlanPage:
    return PlanPage(
        signed_in=signed_in(visit),
        here=visit.here,
        action=f"{PLACE}/change",
        parts=parts_shown(plan, circle),
        key=fresh_key(),
        version=plan.version,
        at=plan.at,
        written=plan.written,
        mistake=mistake,
    )


def parts_shown(plan: Plan, circle: Circle) -> tuple[PlanPart, ...]:
    """As both sides read them, each with what is said beside it."""
    names = {person.id: person.name for person in circle.people.values()}
    return tuple(
        PlanPart(
            one.name if one.name in PARTS else "",
            one.name,
            one.text,
            tuple((names.get(r.author, LEFT), r.text) for r in plan.remarks if r.part == one.name),
        )
        for one in plan.parts
    )
