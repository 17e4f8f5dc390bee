"""The parts of a letter: a tree cut along its boundaries, bodies decoded, with bounds on breadth and depth.

Cut by hand: the standard parser needs five seconds for 200 parts within each other and gives up at 1000.
Each level is one search over its own bytes, so the whole is linear in size times depth (10).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email.mime.headers import Headers, read_parameters, split_letter
from channels.email.mime.packing import unpack

PART_LIMIT = 100
DEPTH_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree: a leaf with its decoded content, or a multipart with its children."""

    headers: Headers
    content_type: str
    parameters: dict[str, str] = field(repr=False)
    disposition: str = ""
    file_name: str = field(default="", repr=False)
    content: bytes = field(default=b"", repr=False)
    children: tuple["Part", ...] = ()
    problem: str = ""
    alone: bool = False  # the whole letter, not a part of one

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    parts: int = PART_LIMIT
    spent: bool = False


def read_tree(raw: bytes) -> tuple[Part, bool]:
    """Read a letter as a tree of parts (RFC 2046); the flag says that there were more than we read."""
    budget = _Budget()
    return _read(raw, "text/plain", 0, budget), budget.spent


def _read(raw: bytes, default_type: str, depth: int, budget: _Budget) -> Part:
    headers, body = split_letter(raw)
    content_type, parameters = read_parameters(headers.plain("content-type"))
    if "/" not in content_type:
        content_type = {"text": "text/plain", "html": "text/html"}.get(content_type, default_type)
    disposition, more = read_parameters(headers.plain("content-disposition"))
    file_name = more.get("filename") or parameters.get("name") or ""
    boundary = parameters.get("boundary", "")
    if content_type.startswith("multipart/") and boundary:
        pieces = _cut(body, boundary, budget) if depth < DEPTH_LIMIT else None
        budget.spent = budget.spent or depth >= DEPTH_LIMIT
        if pieces:
            inner = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
            children = tuple(_read(piece, inner, depth + 1, budget) for piece in pieces)
            return Part(headers, content_type, parameters, disposition, file_name, children=children)
    if content_type.startswith("multipart/"):
        content_type = "text/plain"  # a multipart without its boundaries: what is there is all there is
    words = content_type.startswith("text/") and disposition != "attachment"
    content, problem = unpack(body, headers.text("content-transfer-encoding"), words=words)
    return Part(
        headers=headers,
        content_type=content_type,
        parameters=parameters,
        disposition=disposition,
        file_name=file_name,
        content=content,
        children=(),
        problem=problem,
        alone=depth == 0,
    )


def _cut(body: bytes, boundary: str, budget: _Budget) -> list[bytes]:
    """Cut a multipart body along its delimiter lines (RFC 2046 section 5.1.1); a missing end is forgiven."""
    mark = re.escape(boundary.rstrip().encode("utf-8", "replace"))
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    start: int | None = None
    for match in delimiter.finditer(body):
        if start is not None:
            pieces.append(_after_line(body, start, match.start()))
            budget.parts -= 1
        start = None if match[1] else match.end()
        if start is None:
            break
        if budget.parts <= 0:
            budget.spent = True
            return pieces
    if start is not None:
        pieces.append(_after_line(body, start, len(body)))
        budget.parts -= 1
    return pieces


def _after_line(body: bytes, start: int, end: int) -> bytes:
    if body[start : start + 2] == b"\r\n":
        return body[start + 2 : end]
    return body[start + 1 : end]
