"""One entry alone, as its page shows it: what a frame of the stream cannot show whole is asked for here."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.messages import Entry
from messaging.record.reading import entries_before, note_opening
from messaging.trust.access import Deed, Pass
from web.pages.client import places as client
from web.pages.parts.asking import (
    HIGHEST,
    Visit,
    client_visit,
    clinician_visit,
    conversation_of,
    number_in,
    page,
)
from web.pages.parts.entries import Reader, shown
from web.pages.parts.views import Single
from web.pages.staff import conversation

BESIDE: Final = conversation.PAGE
"""Entries before it that are looked at for what it quotes and joins: as many as a page has."""


async def for_clinician(request: Request) -> Response:
    """GET /c/{conversation}/entries/{number}"""
    visit = await clinician_visit(request)
    held, circle, found = await _found(request, visit)
    return await _one(request, visit, found, await conversation.reader_for(visit, circle, held, found))


async def for_client(request: Request) -> Response:
    """GET /me/session/{conversation}/entries/{number}"""
    visit = await client_visit(request)
    held, circle, found = await _found(request, visit)
    return await _one(request, visit, found, await client.reader_for(visit, circle, held, found))


async def _found(request: Request, visit: Visit) -> tuple[Pass, Circle, list[Entry]]:
    """The entry, and before it those beside it. Raises NotFound."""
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    number = number_in(request.path_params["number"], HIGHEST)
    await note_opening(visit.office, held)
    found = await entries_before(visit.office, held, min(number, HIGHEST - 1) + 1, BESIDE)
    if not found or found[-1].number != number:
        raise NotFound
    return held, circle, found


async def _one(request: Request, visit: Visit, found: list[Entry], reader: Reader) -> Response:
    entry = await visit.aside(shown, found[-1], reader, found)
    return page(request, "parts/_single.html", Single(visit.here, entry))
