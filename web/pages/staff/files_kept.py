"""The files of a conversation, the newest first: what came with whose letter, and when."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.files import file_checks
from messaging.record.reading import entries_with_files, note_opening
from messaging.trust.access import Deed
from web.pages.parts.asking import HIGHEST, clinician_visit, conversation_of, number_in, page
from web.pages.parts.entries import Reader, files_beside
from web.pages.parts.showing import counted_bar, signed_in
from web.pages.staff.file_view import FilesKept, KeptFiles

PAGE: Final = 50


async def show(request: Request) -> Response:
    """GET /c/{conversation}/files?before=N"""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    await note_opening(visit.office, held)
    before = number_in(request.query_params.get("before"), HIGHEST)
    found = await entries_with_files(visit.office, held, before, PAGE)
    checks = await file_checks(visit.office, held, found)
    reader = Reader(circle, visit.person.id, files=f"/c/{circle.conversation.id}", held_back=checks)
    rows = tuple(
        KeptFiles(one.number, one.at, reader.author(one), files_beside(reader, one))
        for one in reversed(found)
    )
    view = FilesKept(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "inbox"),
        here=visit.here,
        conversation_id=str(circle.conversation.id),
        name=circle.title(),
        entries=rows,
        before=found[0].number if len(found) == PAGE else 0,
    )
    return page(request, "staff/files_kept.html", view)
