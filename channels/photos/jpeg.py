"""JPEG: its segments (ITU-T T.81, B.1). Kept are those a decoder needs; what follows the picture is cut off.

Behind the end phones put further pictures with an Exif of their own (CIPA DC-007), and films.
"""

import re
from collections.abc import Iterator
from typing import Final

from channels.photos.orientation import AS_IT_IS, EXIF, only_orientation, orientation_in

START, END, SCAN = 0xD8, 0xD9, 0xDA
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment."""
_NEXT: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""In a scan every 0xFF of the picture is followed by 0, and restarts belong to it."""


def clean_jpeg(raw: bytes) -> bytes:
    """Raises ValueError for what is no whole JPEG."""
    kept, orientation = [b"\xff\xd8"], AS_IT_IS
    for marker, segment in _segments(raw):
        if marker == APP1 and segment[4:].startswith(EXIF):
            orientation = orientation_in(segment[4:])
        if (piece := _kept(marker, segment)) is not None:
            kept.append(piece)
    if orientation != AS_IT_IS:
        exif = EXIF + only_orientation(orientation)
        jfif = 2 if len(kept) > 1 and kept[1][1] == APP0 else 1  # which wants to be first
        kept.insert(jfif, b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif)
    return b"".join(kept)


def _kept(marker: int, segment: bytes) -> bytes | None:
    """The segment as it is to stand, with its marker; None: it goes."""
    content = segment[4:]
    if marker == APP0:  # without its thumbnail, which may show what was cut off
        density = content[5:12]
        jfif = content.startswith(b"JFIF\x00") and len(density) == 7
        return b"\xff\xe0\x00\x10JFIF\x00" + density + bytes(2) if jfif else None
    if marker == APP2:
        return segment if content.startswith(b"ICC_PROFILE\x00") else None
    if marker == APP14:
        adobe = content[:12]
        return b"\xff\xee\x00\x0e" + adobe if adobe.startswith(b"Adobe") and len(adobe) == 12 else None
    return None if APP0 <= marker <= APP15 or marker == COMMENT else segment


def _segments(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with all that belongs to it, up to the end of the first picture. Raises ValueError."""
    if raw[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    at = 2
    while True:  # bound: the octets, of which each turn passes two at least
        while raw[at : at + 2] == b"\xff\xff":
            at += 1  # filling
        if raw[at : at + 1] != b"\xff" or at + 2 > len(raw):
            raise ValueError("no marker")
        marker = raw[at + 1]
        if marker == END:
            yield marker, b"\xff\xd9"
            return
        if marker in ALONE:
            end = at + 2
        else:
            length = int.from_bytes(raw[at + 2 : at + 4], "big")
            end = at + 2 + length
            if length < 2 or end > len(raw):
                raise ValueError("a segment is not whole")
        if marker == SCAN:
            found = _NEXT.search(raw, end)
            if found is None:
                raise ValueError("the picture does not end")
            end = found.start()
        yield marker, raw[at:end]
        at = end
