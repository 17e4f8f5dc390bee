"""WebP: its chunks (RFC 9649, 2.3 to 2.7). Exif, XMP and what nobody knows go."""

from typing import Final

from channels.photos.orientation import AS_IT_IS, only_orientation, orientation_in

DRAWS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
HAS_EXIF, HAS_XMP = 0x08, 0x04


def clean_webp(raw: bytes) -> bytes:
    """Raises ValueError for what is no whole WebP. What follows its end is cut off."""
    size = 8 + int.from_bytes(raw[4:8], "little")
    if raw[:4] != b"RIFF" or raw[8:12] != b"WEBP" or size > len(raw):
        raise ValueError("no WebP")
    kept: list[bytes] = []
    at, orientation = 12, AS_IT_IS
    while at < size:  # bound: the octets, of which each turn passes eight at least
        kind, length = raw[at : at + 4], int.from_bytes(raw[at + 4 : at + 8], "little")
        end = at + 8 + length
        if end > size:
            raise ValueError("a chunk is not whole")
        if kind == b"EXIF":
            orientation = orientation_in(raw[at + 8 : end])
        if kind in DRAWS:
            kept.append(_chunk(kind, raw[at + 8 : end]))
        at = end + length % 2
    if not kept:
        raise ValueError("no picture")
    if kept[0].startswith(b"VP8X"):
        flags = kept[0][8] & ~(HAS_EXIF | HAS_XMP)
        if orientation != AS_IT_IS:
            flags |= HAS_EXIF
            kept.append(_chunk(b"EXIF", only_orientation(orientation)))
        kept[0] = kept[0][:8] + bytes([flags]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
