"""Originals and attachments of letters, to be saved."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.files import none_held_back
from messaging.arriving.screening import original_of
from messaging.errors import NotFound
from messaging.ids import parse_uuid
from messaging.messages import Entry
from messaging.record.reading import entry_numbered
from messaging.trust.access import Deed, Pass
from web.http.handing_out import handed_out, saved
from web.pages.parts.asking import Visit, client_visit, clinician_visit, conversation_of, number_in


async def original(request: Request) -> Response:
    """GET /c/{conversation}/original/{number}: a mailed letter as it arrived, byte for byte. Audited."""
    visit = await clinician_visit(request)
    held, entry = await _entry(request, visit)
    if entry.body.original is None:
        raise NotFound
    await none_held_back(visit.office, held, entry)
    raw = await original_of(visit.office, held, entry.body.original)
    return saved(raw, "message/rfc822", f"letter-{entry.number}.eml")


async def attachment(request: Request) -> Response:
    """GET /c/{conversation}/attachments/{number}/{attachment}"""
    return await _attachment(request, await clinician_visit(request))


async def own_attachment(request: Request) -> Response:
    """GET /me/letters/{conversation}/attachments/{number}/{attachment}"""
    return await _attachment(request, await client_visit(request))


async def _attachment(request: Request, visit: Visit) -> Response:
    held, entry = await _entry(request, visit)
    return await handed_out(visit.office, held, entry, parse_uuid(request.path_params["attachment"]))


async def _entry(request: Request, visit: Visit) -> tuple[Pass, Entry]:
    held, _ = await visit.enter(conversation_of(request), Deed.READ)
    entry = await entry_numbered(visit.office, held, number_in(request.path_params["number"], 0))
    if entry is None:
        raise NotFound
    return held, entry
