"""A file out of a form, straight onto the disk: never whole in memory, and whole or not at all under its name."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from messaging.errors import Malformed, NoRoom
from web.bringing import has_room

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

PART_HEADER: Final = 4 * 1024
"""Octets of what stands before a part."""
ROOM_EVERY: Final = 64 * 1024 * 1024
"""Octets between two looks at the disk."""
NO_FILE: Final = "There was no file. Please choose the backup first."
FULL: Final = "There is no room for it on this machine's disk. Nothing of it was kept."
CUT: Final = "The file did not arrive whole. Please try once more."


async def take_file(request: Request, name: str, place: Path) -> int:
    """The form's file field `name`; how many octets. Raises Malformed, NoRoom; then nothing is left of it.

    It is written as it comes, here in the loop: nobody else is served yet by whom that could be felt.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    said = request.headers.get("content-length", "0")
    if not has_room(place.parent, int(said) if said.isascii() and said.isdigit() else 0):
        raise NoRoom(FULL)
    part = place.with_name(f"{place.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            size = await _received(request, name, file, place.parent)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except BaseException:  # raised again: whatever it was, half a backup is none
        part.unlink(missing_ok=True)
        raise
    return size


async def _received(request: Request, name: str, file: BinaryIO, folder: Path) -> int:
    _, named = parse_options_header(request.headers.get("content-type"))
    boundary = named.get(b"boundary")
    if not boundary:
        raise Malformed(NO_FILE)
    form = _Form(name.encode(), file)
    looked_at = 0
    try:
        parser = MultipartParser(boundary, form.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
            if form.size - looked_at >= ROOM_EVERY or looked_at == 0:
                looked_at = max(1, form.size)
                if not has_room(folder, 0):
                    raise NoRoom(FULL)
        parser.finalize()
    except ClientDisconnect:
        raise Malformed(CUT) from None
    except MultipartParseError:
        raise Malformed(CUT) from None
    if not form.ended:
        raise Malformed(CUT)
    if form.size == 0:
        raise Malformed(NO_FILE)
    return form.size


class _Form:
    """What the parser tells: parts with their headers; one of them is written."""

    def __init__(self, name: bytes, file: BinaryIO) -> None:
        self.size, self.ended = 0, False
        self._name, self._file = name, file
        self._header = bytearray()  # bound: PART_HEADER
        self._value = bytearray()  # bound: PART_HEADER
        self._ours = False

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._field,
            "on_header_value": self._said,
            "on_header_end": self._headed,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._ours = False

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._grow(self._header, data[start:end])

    def _said(self, data: bytes, start: int, end: int) -> None:
        self._grow(self._value, data[start:end])

    def _grow(self, held: bytearray, more: bytes) -> None:
        if len(held) + len(more) > PART_HEADER:
            raise Malformed(CUT)
        held += more

    def _headed(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, named = parse_options_header(bytes(self._value))
            self._ours = named.get(b"name") == self._name and b"filename" in named
        self._header.clear()
        self._value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._ours:
            self._file.write(data[start:end])
            self.size += end - start

    def _end(self) -> None:
        self.ended = True
