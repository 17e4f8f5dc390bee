"""Files handed out so that they can do nothing here: saved, never opened as a page of ours."""

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from messaging.arriving.files import HELD, file_checks
from messaging.errors import Conflict, NotFound
from messaging.letters.uploads import Upload
from messaging.memory.arriving import FileState
from messaging.messages import AttachmentNote, Entry
from messaging.office import Office
from messaging.record.files import attachment_pieces, pieces_of
from messaging.record.reading import note_opening
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
    return _streamed(await begun(await attachment_pieces(office, held, note)), note)


def handed_back(office: Office, held: Pass, own: Upload) -> Response:
    """A file its reader brought and has not sent. Raises Conflict while it is checked, and when something was found."""
    if own.state is not FileState.CLEAN:
        raise Conflict(HELD)
    return _streamed(pieces_of(office, held, own.id, own.size), own.note)


async def begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same, with the first piece read: what cannot be opened is refused before anything is answered."""
    first = await anext(pieces, b"")

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_it()


def _streamed(pieces: AsyncIterator[bytes], note: AttachmentNote) -> Response:
    """Read as it is taken. One that breaks off in between is short of its length, and the browser says so."""
    headers = {**_headers(_type(note), note.name), "Content-Length": str(note.size)}
    return StreamingResponse(pieces, headers=headers)


def _type(note: AttachmentNote) -> str:
    named = note.content_type.lower()
    return named if named in PLAIN else ANYTHING


def saved(content: bytes, media_type: str, name: str) -> Response:
    """Bytes, to be saved under a name."""
    return Response(content, headers=_headers(media_type, name))


def _headers(media_type: str, name: str) -> dict[str, str]:
    return {
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": LOCKED,
        "X-Content-Type-Options": "nosniff",
        "Content-Type": media_type,
    }


def disposition(name: str) -> str:
    """RFC 6266: saved under its name, which came from outside: no folders, no line ends, no quotes to break out of."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in last if c.isprintable())[:150].strip(". ") or "attachment"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in clean)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"
