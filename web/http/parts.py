"""A form that brings files, part after part as it comes: whoever reads it holds a slice of it, however long it is.

What a slice costs was measured (python-multipart 0.0.34, 13 ns an octet for the worst of what resembles a boundary): a
slice is a fifth of a millisecond, and after each everybody else has their turn.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from messaging.errors import Malformed, TooLong

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

SLICE: Final = 16 * 1024
"""Octets the parser is handed at once."""
HEADER: Final = 8 * 1024
"""Octets of what stands before a part: the longest file name there is, three octets a sign, and room to spare."""
PARTS: Final = 64
SILENCE: Final = 60.0
"""Seconds until a sender is given up who sends nothing at all."""
CUT: Final = "This did not arrive whole. Please try once more."
UNREADABLE: Final = "The form cannot be read."


@dataclass(frozen=True, slots=True)
class Part:
    """What a part says of itself. `file_name` None: it is a text."""

    name: str
    file_name: str | None = field(repr=False)
    content_type: str
    octets: AsyncIterator[bytes] = field(repr=False)
    """To be read to its end before the next part is asked for."""


class Parts:
    """The parts of a request's body. Every mistake, and a body that breaks off, is a Malformed."""

    def __init__(self, request: Request) -> None:
        kind, named = parse_options_header(request.headers.get("content-type"))
        boundary = named.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 0 < len(boundary) <= 70:  # RFC 2046 5.1.1
            raise Malformed(UNREADABLE)
        self._chunks = request.stream()
        self._parser = MultipartParser(boundary, self._callbacks())
        # What one slice holds: headers and data of its parts; None: a part ends.
        self._came: deque[Mapping[bytes, bytes] | bytes | None] = deque()  # bound: a slice
        self._slices: deque[bytes] = deque()  # bound: what the server hands on at once
        self._header: dict[bytes, bytes] = {}  # bound: HEADER
        self._field, self._value = bytearray(), bytearray()  # bound: HEADER
        self._begun = 0
        self._ended = False

    async def each(self) -> AsyncIterator[Part]:
        """One after the other."""
        while (header := await self._next()) is not None:  # bound: PARTS
            if isinstance(header, bytes):
                raise Malformed(UNREADABLE)
            yield self._part(header)

    async def _next(self) -> Mapping[bytes, bytes] | bytes | None:
        """What comes next; None at the very end."""
        while not self._came:  # bound: the body, of which each turn takes a slice
            if not await self._fed():
                return None
        return self._came.popleft()

    async def _fed(self) -> bool:
        """A slice more; False at the end. Raises Malformed."""
        try:
            if not self._slices:
                async with asyncio.timeout(SILENCE):
                    chunk = await anext(self._chunks, None)
                if chunk is None:
                    if not self._ended:
                        raise Malformed(CUT)
                    return False
                self._slices.extend(chunk[at : at + SLICE] for at in range(0, len(chunk), SLICE))
                return True
            self._parser.write(self._slices.popleft())
            await asyncio.sleep(0)
        except (ClientDisconnect, TimeoutError):
            raise Malformed(CUT) from None
        except MultipartParseError:
            raise Malformed(UNREADABLE) from None
        return True

    def _part(self, header: Mapping[bytes, bytes]) -> Part:
        _, named = parse_options_header(header.get(b"content-disposition"))
        name, file_name = named.get(b"name"), named.get(b"filename")
        if name is None:
            raise Malformed(UNREADABLE)
        said = None if file_name is None else file_name.decode("utf-8", "replace")
        kind = header.get(b"content-type", b"").decode("latin-1")
        return Part(name.decode("utf-8", "replace"), said, kind, self._octets())

    async def _octets(self) -> AsyncIterator[bytes]:
        while (some := await self._next()) is not None:  # bound: the part
            if not isinstance(some, bytes):
                raise Malformed(UNREADABLE)
            yield some

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._part_begins,
            "on_header_field": self._field_said,
            "on_header_value": self._value_said,
            "on_header_end": self._field_ends,
            "on_headers_finished": self._header_ends,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
            "on_end": self._all_ends,
        }

    def _part_begins(self) -> None:
        self._begun += 1
        if self._begun > PARTS:
            raise Malformed("The form has too many parts.")
        self._header = {}  # bound: HEADER

    def _field_said(self, data: bytes, start: int, end: int) -> None:
        self._grow(self._field, data[start:end])

    def _value_said(self, data: bytes, start: int, end: int) -> None:
        self._grow(self._value, data[start:end])

    def _grow(self, held: bytearray, more: bytes) -> None:
        kept = sum(len(name) + len(value) for name, value in self._header.items())
        if kept + len(held) + len(more) > HEADER:
            raise Malformed(UNREADABLE)
        held += more

    def _field_ends(self) -> None:
        self._header[bytes(self._field).lower()] = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _header_ends(self) -> None:
        self._came.append(self._header)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._came.append(data[start:end])

    def _part_ends(self) -> None:
        self._came.append(None)

    def _all_ends(self) -> None:
        self._ended = True


async def text_of(part: Part, most: int) -> str:
    """A part that is a text of up to so many octets, in UTF-8. Raises TooLong, Malformed."""
    held = bytearray()  # bound: `most`, and a slice
    async for some in part.octets:
        held += some
        if len(held) > most:
            raise TooLong
    try:
        return held.decode()
    except UnicodeDecodeError:
        raise Malformed(UNREADABLE) from None
