"""PNG: its chunks (W3C PNG, third edition, 5 and 11). Those that draw the picture are kept, and no text, time or Exif."""

import zlib
from typing import Final

from channels.photos.orientation import AS_IT_IS, only_orientation, orientation_in

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
DRAWS: Final = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP"),
        *(b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
    )
)


def clean_png(raw: bytes) -> bytes:
    """Raises ValueError for what is no whole PNG. What follows its end is cut off."""
    if not raw.startswith(SIGNATURE):
        raise ValueError("no PNG")
    kept, at, kind, orientation = [SIGNATURE], len(SIGNATURE), b"", AS_IT_IS
    while kind != b"IEND":  # bound: the octets, of which each turn passes twelve at least
        length = int.from_bytes(raw[at : at + 4], "big")
        kind, end = raw[at + 4 : at + 8], at + 12 + length
        if len(kind) < 4 or end > len(raw):
            raise ValueError("a chunk is not whole")
        if kind == b"eXIf":
            orientation = orientation_in(raw[at + 8 : end - 4])
        if kind in DRAWS:
            kept.append(raw[at:end])
        at = end
    if orientation != AS_IT_IS:
        kept.insert(2, _chunk(b"eXIf", only_orientation(orientation)))
    return b"".join(kept)


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
