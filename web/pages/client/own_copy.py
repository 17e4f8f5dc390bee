"""A client's own copy of their record: asked for, looked at, fetched."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.entrance.signing_in import SignedIn
from messaging.errors import StepUp
from messaging.inbox.listing import inbox
from web.http.guards import asking_for_own
from web.pages.parts.asking import Visit, client_visit, conversation_named, form_of, go, key_of, page
from web.pages.parts.exports import asked, copies_of, fetched, handing
from web.pages.parts.exports_view import OwnCopy
from web.pages.parts.showing import signed_in
from web.pages.second_factor import AGAIN

PLACE: Final = "/me/copy"
SAY_AGAIN: Final = f"{AGAIN}?do=copy"


async def show(request: Request) -> Response:
    """GET /me/copy"""
    visit = await client_visit(request)
    return page(request, "client/own_copy.html", await _view(visit, await asking_for_own(request)))


async def ask(request: Request) -> Response:
    """POST /me/copy: one of their conversations, in one form."""
    visit = await client_visit(request)
    asking, fields = await asking_for_own(request), await form_of(request)
    key_of(fields)
    conversation = conversation_named(fields.get("conversation"))
    try:
        mistake = await asked(visit, asking, conversation, fields)
    except StepUp:
        return go(SAY_AGAIN)
    if mistake is None:
        return go(PLACE)
    return page(request, "client/own_copy.html", await _view(visit, asking, mistake), 422)


async def fetch(request: Request) -> Response:
    """GET /me/copy/{export}/file"""
    await client_visit(request)
    return await fetched(request, await asking_for_own(request), SAY_AGAIN)


async def _view(visit: Visit, asking: SignedIn, mistake: str = "") -> OwnCopy:
    found = [
        await copies_of(visit, line.conversation.id, PLACE)
        for line in await inbox(visit.office, visit.person)
    ]
    return OwnCopy(signed_in(visit), handing(visit, asking, PLACE, SAY_AGAIN, mistake), tuple(found))


ROUTES: Final = (
    Route(PLACE, show),
    Route(PLACE, ask, methods=["POST"]),
    Route(f"{PLACE}/{{export}}/file", fetch),
)
"""Where it is asked for."""
