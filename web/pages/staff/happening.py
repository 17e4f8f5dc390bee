"""Something is happening now: where they are, their telephone, the number there; and who else opened a record."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.record.readers import opened_by_others
from messaging.sessions.checking_in import dialled
from messaging.sessions.countries import country
from messaging.sessions.happening import Whereabouts, whereabouts
from messaging.trust.access import Deed
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, page
from web.pages.parts.showing import counted_bar, signed_in
from web.pages.staff.happening_view import Happening, Line, Openers, Place


async def show(request: Request) -> Response:
    """GET /c/{conversation}/now: a page of its own; within the room its part alone. Each look is a line in the trail."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    found = await whereabouts(visit.office, held, circle)
    alone = "hx-request" in request.headers
    view = Happening(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "inbox"),
        here=visit.here,
        conversation_id=str(circle.conversation.id),
        name=circle.title(),
        places=tuple(_place(one, visit) for one in found),
        numbers=tuple(Line(one.name, one.number, dialled(one.number)) for one in visit.practice.numbers),
    )
    return page(request, "staff/_happening.html" if alone else "staff/happening.html", view)


def _place(one: Whereabouts, visit: Visit) -> Place:
    if one.check_in is None:
        return Place(one.person.name)
    said = one.check_in.answers
    return Place(
        name=one.person.name,
        at=one.check_in.at,
        fresh=one.is_fresh(visit.here.now),
        place=said.place,
        country=country(said.region),
        alone=said.alone,
        phone=said.phone,
        dial=dialled(said.phone),
        emergency=one.emergency,
    )


async def openers(request: Request) -> Response:
    """GET /c/{conversation}/openers"""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    found = await opened_by_others(visit.office, held, circle)
    view = Openers(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "inbox"),
        here=visit.here,
        conversation_id=str(circle.conversation.id),
        name=circle.title(),
        others=tuple(found),
    )
    return page(request, "staff/openers.html", view)
