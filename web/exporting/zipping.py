"""A zip written piece by piece: what it wrote is taken away before the next piece goes in."""

import io
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipInfo


class Out(io.RawIOBase):
    """What the zip wrote since somebody looked. It cannot go back, so a zip notes sizes behind what it packs."""

    def __init__(self) -> None:
        self._held = bytearray()  # bound: what one piece, or a slice of a file, is packed to

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """And forgets it."""
        piece = bytes(self._held)
        self._held.clear()
        return piece


def entry(path: str, at: datetime, packing: int = ZIP_DEFLATED) -> ZipInfo:
    """A file in it, for its owner alone once it is unpacked."""
    made = ZipInfo(path, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    made.compress_type = packing
    made.external_attr = 0o600 << 16
    return made
