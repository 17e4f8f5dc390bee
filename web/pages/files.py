"""Originals and attachments, handed out so that they can do nothing here: saved, never opened as a page of ours."""

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Conflict, NotFound
from messaging.ids import parse_uuid
from messaging.mail.checking_files import HELD, file_checks, none_held_back
from messaging.mail.screening import original_of
from messaging.messages import AttachmentNote, Entry
from messaging.reading import attachment_bytes, enter, entry_numbered, note_opening
from messaging.trust.access import Deed, Pass
from web.pages.asking import Visit, client_visit, clinician_visit, conversation_of, number_in

PLAIN: Final = frozenset(
    {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}
)
"""Types named as they are; everything else (markup above all) is only so many bytes."""
LOCKED: Final = "default-src 'none'; sandbox"
"""Should a browser show it nonetheless: no scripts, no forms, an origin of its own."""


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
    wanted = parse_uuid(request.path_params["attachment"])
    note = next((one for one in entry.body.attachments if one.id == wanted), None)
    if note is None:
        raise NotFound
    if note.id in await file_checks(visit.office, held, [entry]):
        raise Conflict(HELD)
    await note_opening(visit.office, held)
    return saved(await attachment_bytes(visit.office, held, note), _type(note), note.name)


async def _entry(request: Request, visit: Visit) -> tuple[Pass, Entry]:
    held, _ = await enter(visit.office, visit.person, conversation_of(request), Deed.READ)
    entry = await entry_numbered(visit.office, held, number_in(request.path_params["number"], 0))
    if entry is None:
        raise NotFound
    return held, entry


def _type(note: AttachmentNote) -> str:
    named = note.content_type.lower()
    return named if named in PLAIN else "application/octet-stream"


def saved(content: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": LOCKED,
        "X-Content-Type-Options": "nosniff",
        "Content-Type": media_type,
    }
    return Response(content, headers=headers)


def disposition(name: str) -> str:
    """RFC 6266: saved under its name, which came from outside: no folders, no line ends, no quotes to break out of."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in last if c.isprintable())[:150].strip(". ") or "attachment"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in clean)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"
