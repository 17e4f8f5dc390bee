"""HEIC and AVIF: their boxes (ISO/IEC 14496-12, 23008-12). Exif and XMP are items that lie anywhere in the file.

They are overwritten where they lie, so that every place that is named in it still holds. Which side is up is a property of
the picture (`irot`), not of its Exif.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ITEMS: Final = 10_000
XMP: Final = b"application/rdf+xml"
STAY: Final = frozenset({b"ftyp", b"meta", b"mdat"})
"""Of the outermost boxes; every other is made empty space, but a film, which is not cleaned."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies, and where its content begins."""

    kind: bytes
    start: int
    content: int
    end: int


def clean_heif(raw: bytes) -> bytes:
    """Of the same length. Raises ValueError for what cannot be read through, or holds a film."""
    made = bytearray(raw)
    outer = list(_boxes(raw, 0, len(raw)))
    metas = [box for box in outer if box.kind == b"meta"]
    if not outer or outer[0].kind != b"ftyp" or len(metas) != 1:
        raise ValueError("no picture of this kind")
    for box in outer:
        if box.kind == b"moov":
            raise ValueError("it holds a film")
        if box.kind not in STAY:
            made[box.start + 4 : box.start + 8] = b"free"
            made[box.content : box.end] = bytes(box.end - box.content)
    _empty_items(raw, made, metas[0])
    return bytes(made)


def _empty_items(raw: bytes, made: bytearray, meta: Box) -> None:
    inner = {box.kind: box for box in _boxes(raw, meta.content + 4, meta.end)}
    for kind in (b"udta", b"uuid", b"free", b"skip"):
        if kind in inner:
            made[inner[kind].content : inner[kind].end] = bytes(inner[kind].end - inner[kind].content)
    if b"iinf" not in inner or b"iloc" not in inner:
        raise ValueError("it does not say what is in it")
    telling = _telling(raw, inner[b"iinf"])
    data = inner.get(b"idat")
    for item, method, start, length in _places(raw, inner[b"iloc"]):
        if item not in telling:
            continue
        if method > 1 or (method == 1 and data is None):
            raise ValueError("an item lies where it is not looked for")
        begins = start + (data.content if method == 1 and data is not None else 0)
        end = begins + length if length else len(raw)
        if not 0 < begins <= end <= len(raw):
            raise ValueError("an item is not in the file")
        made[begins:end] = bytes(end - begins)


def _telling(raw: bytes, iinf: Box) -> set[int]:
    """The items that are Exif, or XMP."""
    wide = raw[iinf.content] > 0
    found: set[int] = set()
    for box in _boxes(raw, iinf.content + (8 if wide else 6), iinf.end):
        version = raw[box.content]
        if box.kind != b"infe" or version < 2:
            raise ValueError("an item does not say what it is")
        octets = 2 if version == 2 else 4
        at = box.content + 4
        item, kind = int.from_bytes(raw[at : at + octets], "big"), raw[at + octets + 2 : at + octets + 6]
        if kind == b"Exif" or (kind == b"mime" and XMP in raw[at : box.end]):
            found.add(item)
    return found


class _Reading:
    """Numbers, one after the other. Raises ValueError beyond the end."""

    def __init__(self, raw: bytes, at: int, end: int) -> None:
        self._raw, self._at, self._end = raw, at, end

    def number(self, octets: int) -> int:
        at, self._at = self._at, self._at + octets
        if self._at > self._end:
            raise ValueError("a box is not whole")
        return int.from_bytes(self._raw[at : self._at], "big")


def _places(raw: bytes, iloc: Box) -> Iterator[tuple[int, int, int, int]]:
    """Item, construction method, offset and length of each part of each item (14496-12, 8.11.3)."""
    reading = _Reading(raw, iloc.content, iloc.end)
    version, _ = reading.number(1), reading.number(3)
    sizes, more = reading.number(1), reading.number(1)
    of_offset, of_length, of_base = sizes >> 4, sizes & 15, more >> 4
    of_index = more & 15 if version in (1, 2) else 0
    items = reading.number(2 if version < 2 else 4)
    if items > ITEMS:
        raise ValueError("too many items")
    for _ in range(items):
        item = reading.number(2 if version < 2 else 4)
        method = reading.number(2) & 15 if version in (1, 2) else 0
        reading.number(2)
        base = reading.number(of_base)
        for _ in range(reading.number(2)):
            reading.number(of_index)
            offset, length = reading.number(of_offset), reading.number(of_length)
            yield item, method, base + offset, length


def _boxes(raw: bytes, at: int, end: int) -> Iterator[Box]:
    """Raises ValueError."""
    while at < end:  # bound: the octets, of which each turn passes eight at least
        size, kind, content = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8], at + 8
        if size == 1:
            size, content = int.from_bytes(raw[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            size = end - at
        if len(kind) < 4 or at + size > end or content > at + size:
            raise ValueError("a box is not whole")
        yield Box(kind, at, content, at + size)
        at += size
