"""The parts of a letter: a tree cut along its boundaries, bodies decoded, with bounds on breadth and depth.

Cut by hand: the standard parser needs five seconds for 200 parts within each other and gives up at 1000.
Each level is one search over its own bytes, so the whole is linear in size times depth (10).
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email.mime.headers import Headers, read_parameters, split_letter

PART_LIMIT = 100
DEPTH_LIMIT = 10

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_BLANKS = b" \t\r\n"
_PADDING = re.compile(rb"=+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)


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
    content, problem = _transfer_decoded(body, headers.text("content-transfer-encoding"))
    return Part(headers, content_type, parameters, disposition, file_name, content, (), problem, depth == 0)


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


def _transfer_decoded(body: bytes, encoding: str) -> tuple[bytes, str]:
    """Undo the transfer encoding (RFC 2045 section 6), as far as it can be undone."""
    match encoding.partition(";")[0].strip().lower():
        case "base64":
            return _base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body), ""
        case "x-uuencode" | "x-uue" | "uuencode":
            return _uuencoded(body)
        case "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit":
            return body, ""
        case _:
            return body, "A part was packed in a way unknown to us and is shown as it came."


def _base64(body: bytes) -> tuple[bytes, str]:
    letters = body.translate(None, _NOT_BASE64)
    foreign = len(body.translate(None, _BLANKS)) - len(letters)
    if foreign * 10 > len(letters):  # labelled base64, but it is plain text
        return body, "A part was labelled as packed but was not, and is shown as it came."
    data = b"".join(map(_unpadded, _PADDING.split(letters)))  # some programs join several encodings
    return data, "A packed part was damaged on the way." if foreign else ""


def _unpadded(letters: bytes) -> bytes:
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _uuencoded(body: bytes) -> tuple[bytes, str]:
    begin = _UU_BEGIN.search(body)
    decoded: list[bytes] = []
    for line in body[begin.end() if begin else 0 :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            return body, "A packed part was damaged on the way and is shown as it came."
    return b"".join(decoded), ""
