"""QR codes as the values a template draws them by: no picture is fetched, and none is kept."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import segno

QUIET: Final = 4
"""Light squares around it, without which a camera does not find it (ISO/IEC 18004, 6.3.8)."""


@dataclass(frozen=True, slots=True)
class Qr:
    """`size` squares wide and high, and the dark ones as an SVG path."""

    size: int
    path: str = field(repr=False)


def qr_of(text: str) -> Qr:
    """The code of a short text, as one path: a run of dark squares is a rectangle."""
    rows = list(segno.make(text, micro=False, error="m").matrix_iter(border=QUIET))
    path = []
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return Qr(len(rows), "".join(path))
