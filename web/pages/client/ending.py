"""How care is to end, for who is in care: before it does, when it does, and after."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.ending.planning import ending_of
from messaging.inbox.listing import InboxLine, inbox
from messaging.trust.access import Deed
from web.pages.parts.asking import Visit, client_visit, page
from web.pages.parts.planned_ending import EndingShown, OwnEnding, shown
from web.pages.parts.showing import signed_in


async def show(request: Request) -> Response:
    """GET /me/ending"""
    visit = await client_visit(request)
    found = await endings_for(visit, await inbox(visit.office, visit.person))
    return page(request, "client/ending.html", OwnEnding(signed_in(visit), visit.here, found))


async def endings_for(visit: Visit, lines: list[InboxLine]) -> tuple[EndingShown, ...]:
    """Of each conversation in which an end is planned. Where nothing was ever given or planned, nothing is looked for."""
    found = []
    for line in lines:
        if line.given:
            held, circle = await visit.enter(line.conversation.id, Deed.READ)
            planned = await ending_of(visit.office, held)
            if planned is not None:
                found.append(shown(planned, circle, visit.here))
    return tuple(found)
