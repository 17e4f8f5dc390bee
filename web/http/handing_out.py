"""Files handed out so that they can do nothing here: saved, never opened as a page of ours."""

from typing import Final
from urllib.parse import quote
from uuid import UUID

from starlette.responses import Response

from messaging.arriving.files import HELD, file_checks
from messaging.errors import Conflict, NotFound
from messaging.messages import AttachmentNote, Entry
from messaging.office import Office
from messaging.record.reading import attachment_bytes, note_opening
from messaging.trust.access import Pass

PLAIN: Final = frozenset(
    {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}
)
"""Types named as they are; everything else (markup above all) is only so many bytes."""
ANYTHING: Final = "application/octet-stream"
LOCKED: Final = "default-src 'none'; sandbox"
"""Should a browser show it nonetheless: no scripts, no forms, an origin of its own."""


async def handed_out(office: Office, held: Pass, entry: Entry | None, wanted: UUID | None) -> Response:
    """A file of an entry, audited. Raises NotFound; Conflict while it is being checked, and when something was found."""
    notes = entry.body.attachments if entry is not None else ()
    note = next((one for one in notes if one.id == wanted), None)
    if entry is None or note is None:
        raise NotFound
    if note.id in await file_checks(office, held, [entry]):
        raise Conflict(HELD)
    await note_opening(office, held)
    return saved(await attachment_bytes(office, held, note), _type(note), note.name)


def _type(note: AttachmentNote) -> str:
    named = note.content_type.lower()
    return named if named in PLAIN else ANYTHING


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
