"""A client's yes to what is proposed about writing; the card itself stands on the page of what was agreed."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.agreements.proposing import agree as say_yes
from messaging.errors import Conflict, NotFound
from messaging.ids import parse_uuid
from messaging.trust.access import Deed
from web.http.refusals import status_of
from web.pages.client.agreements import PLACE, view_of
from web.pages.parts.asking import client_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.saying import refusal_said


async def agree(request: Request) -> Response:
    """POST /me/exchange/{conversation} `proposal`: the one that was read."""
    visit = await client_visit(request)
    fields = await form_of(request)
    key_of(fields)
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    proposal = parse_uuid(fields.get("proposal", ""))
    if proposal is None:
        raise NotFound
    try:
        await say_yes(visit.office, held, circle, proposal)
    except Conflict as refusal:
        view = replace(await view_of(visit), mistake=refusal_said(refusal))
        return page(request, "client/agreements.html", view, status_of(refusal))
    return go(f"{PLACE}?done=exchange")


ROUTES: Final = [Route("/me/exchange/{conversation}", agree, methods=["POST"])]
