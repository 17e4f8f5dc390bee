"""What was erased, where somebody who may know comes to look: that it was there, and since when it is gone."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from messaging.ending.gone import tombstone_of
from messaging.errors import NotFound
from messaging.ids import ConversationId
from messaging.memory.ending import Erasable
from messaging.people import Person
from web.pages.charge import back, by_administrator, charge_bar
from web.pages.parts.asking import Visit, page
from web.pages.parts.people_view import GonePage
from web.pages.parts.showing import signed_in


async def gone_person(request: Request, visit: Visit, person: Person) -> Response:
    """In the place of their page. Whose charge they are was asked before; the trail, so the day, is an administrator's."""
    since = None
    if by_administrator(request):
        since = (await tombstone_of(visit.office, visit.person, Erasable.PERSON, person.id)).since
    return await _stone(request, visit, Erasable.PERSON, since, str(person.id))


async def gone_conversation(request: Request, visit: Visit, named: ConversationId) -> Response:
    """In the place of who belongs to it: for who administers. Raises NotFound where it never was, and for others."""
    if not by_administrator(request):
        raise NotFound
    stone = await tombstone_of(visit.office, visit.person, Erasable.CONVERSATION, named)
    return await _stone(request, visit, stone.what, stone.since, f"c-{named}")


async def _stone(
    request: Request, visit: Visit, what: Erasable, since: datetime | None, asked: str
) -> Response:
    view = GonePage(
        signed_in=signed_in(visit),
        bar=await charge_bar(request, visit),
        here=visit.here,
        back=back(request),
        what=what,
        since=since,
        id=asked,
    )
    return page(request, "parts/gone.html", view, 410)
