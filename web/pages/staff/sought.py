"""What a search found, in its place: only looked at. Nothing counts as read; whoever presses Enter goes there."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.notes.note import Note
from messaging.notes.process import own_note
from messaging.notes.progress import note_with_versions
from messaging.record.reading import entries_before, note_opening
from messaging.trust.access import Deed, Pass
from web.pages.parts.asking import HIGHEST, Visit, clinician_visit, conversation_of, number_in, page
from web.pages.parts.entries import timeline
from web.pages.staff.conversation import reader_for
from web.pages.staff.noting import entered, note_of, row_of
from web.pages.staff.sought_view import Sought

SHOWN, AFTER = 9, 4
"""Entries around one, and how many of them follow it."""


async def entry(request: Request) -> Response:
    """GET /search/look/{conversation}/{number}: a part of the page. The trail says that it was opened."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    number = number_in(request.path_params["number"], HIGHEST)
    await note_opening(visit.office, held)
    found = await entries_before(visit.office, held, min(number, HIGHEST - AFTER) + AFTER, SHOWN)
    if all(one.number != number for one in found):
        raise NotFound
    reader = await reader_for(visit, circle, held, found)
    around = await visit.aside(timeline, found, reader, earlier=False)
    at = next(one.at for one in found if one.number == number)
    link = f"/c/{held.conversation}?before={number + AFTER}#n{number}"
    view = Sought(visit.here, circle.title(), link, at, timeline=around)
    return page(request, "staff/_sought.html", view)


async def progress_note(request: Request) -> Response:
    """GET /search/look/{conversation}/progress/{note}; that it was opened is noted as on its own page."""
    visit, held, circle = await entered(request)
    versions = await note_with_versions(visit.office, held, note_of(request))
    return await _noted(request, visit, held, circle, versions[-1])


async def process_note(request: Request) -> Response:
    """GET /search/look/{conversation}/process/{note}; the same."""
    visit, held, circle = await entered(request)
    found = await own_note(visit.office, held, note_of(request))
    return await _noted(request, visit, held, circle, found, own=True)


async def _noted(
    request: Request, visit: Visit, held: Pass, circle: Circle, note: Note, *, own: bool = False
) -> Response:
    link = f"/c/{held.conversation}/notes/{'process' if own else 'progress'}/{note.id}"
    row = await row_of(visit, held, circle, note)
    view = Sought(visit.here, circle.title(), link, note.at, note=row, own=own)
    return page(request, "staff/_sought.html", view)
