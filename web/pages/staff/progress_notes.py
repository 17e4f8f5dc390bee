"""Progress notes: part of the record, on a ground and with verbs of their own."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from messaging.notes.progress import amend_note, note_with_versions, notes_of, take_out, write_note
from web.http.refusals import status_of
from web.pages.parts.asking import conversation_of, form_of, go, key_of, page
from web.pages.parts.showing import fresh_key
from web.pages.staff.notes_view import Sheet
from web.pages.staff.noting import (
    SAID,
    before_of,
    changed,
    entered,
    note_of,
    notes_page,
    one_page,
    sheet_for,
    written,
)


async def show(request: Request) -> Response:
    """GET /c/{conversation}/notes/progress?session=&before=: a sheet, and what was written before."""
    visit, held, circle = await entered(request)
    found = await notes_of(visit.office, held, before_of(request))
    sheet = await sheet_for(visit, held, circle, _place(request), request.query_params)
    return page(request, "staff/progress_notes.html", await notes_page(visit, held, circle, found, sheet))


async def write(request: Request) -> Response:
    """POST /c/{conversation}/notes/progress"""
    visit, held, circle = await entered(request)
    fields = await form_of(request)
    try:
        await write_note(visit.office, held, written(fields))
    except SAID as refusal:
        found = await notes_of(visit.office, held)
        sheet = await sheet_for(visit, held, circle, _place(request), fields)
        view = await notes_page(visit, held, circle, found, replace(sheet, mistake=refusal.detail))
        return page(request, "staff/progress_notes.html", view, status_of(refusal))
    return go(_place(request))


async def show_one(request: Request) -> Response:
    """GET /c/{conversation}/notes/progress/{note}"""
    visit, held, circle = await entered(request)
    versions = await note_with_versions(visit.office, held, note_of(request))
    view = await one_page(visit, held, circle, versions, _one(request), None)
    return page(request, "staff/progress_note.html", view)


async def change(request: Request) -> Response:
    """POST /c/{conversation}/notes/progress/{note}"""
    visit, held, circle = await entered(request)
    fields = await form_of(request)
    try:
        await amend_note(visit.office, held, note_of(request), changed(fields))
    except SAID as refusal:
        versions = await note_with_versions(visit.office, held, note_of(request))
        text, version = fields.get("text", ""), versions[-1].version
        sheet = Sheet(_one(request), fresh_key(), text, version, mistake=refusal.detail)
        view = await one_page(visit, held, circle, versions, _one(request), sheet)
        return page(request, "staff/progress_note.html", view, status_of(refusal))
    return go(_one(request))


async def put_away(request: Request) -> Response:
    """POST /c/{conversation}/notes/progress/{note}/away: It is taken out of the record; a line stays."""
    visit, held, _ = await entered(request)
    key_of(await form_of(request))
    await take_out(visit.office, held, note_of(request))
    return go(_place(request))


def _place(request: Request) -> str:
    return f"/c/{conversation_of(request)}/notes/progress"


def _one(request: Request) -> str:
    return f"{_place(request)}/{note_of(request)}"
