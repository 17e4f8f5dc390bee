"""Sheets and scripts, read once. Only what lay there at the start is served, so no path leads anywhere else."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.pages.parts.rendering import STATIC, asset

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
"""Scripts import each other by plain names: those are asked for again, and answered 304."""
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


REMARK: Final = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/)[\s\S])*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE)
"""What our scripts say to their readers, on lines of its own: a quarter of what a phone would have to fetch."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent."""

    content: bytes
    packed: bytes
    tag: str
    media_type: str


@cache
def files() -> dict[str, File]:
    """Everything below static/, by name."""
    found = {}
    for path in sorted(STATIC.rglob("*")):
        media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        if path.is_file() and media_type and path.suffix != ".md":
            content = path.read_bytes()
            if path.parent.name == "js":
                content = REMARK.sub("", content.decode()).encode()
            tag = f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'
            name = path.relative_to(STATIC).as_posix()
            found[name] = File(content, gzip.compress(content, 9, mtime=0), tag, media_type)
    return found


async def static(request: Request) -> Response:
    """GET /static/…: for ever when the address names the content, asked again otherwise."""
    name = request.path_params["name"]
    file = files().get(name)
    if file is None:
        raise HTTPException(404)
    same = str(request.query_params.get("v")) == asset(name).partition("?v=")[2]
    headers = {
        "Cache-Control": FOR_EVER if same else ASK_AGAIN,
        "ETag": file.tag,
        "Vary": "Accept-Encoding",
    }
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type
        )
    return Response(file.content, headers=headers, media_type=file.media_type)
