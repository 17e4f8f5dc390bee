"""Parts of a file (RFC 9110, 14): one range of octets, and whether what somebody has of it is still the same."""

import re
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers

DIGITS: Final = 18
"""Of a position: more than any file's, few enough to be read at once."""
ONE: Final = re.compile(
    rf"bytes=(?:([0-9]{{1,{DIGITS}}})-([0-9]{{0,{DIGITS}}})|-([0-9]{{1,{DIGITS}}}))", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Part:
    """Octets from `first` to `last`, both included; of an empty file the last is before the first."""

    first: int
    last: int
    partial: bool

    @property
    def octets(self) -> int:
        """How many."""
        return self.last - self.first + 1


def etag_of(mark: object) -> str:
    """Strong: the same mark, the same octets."""
    return f'"{mark}"'


def goes_on(headers: Headers) -> str | None:
    """The mark of the file somebody goes on with: of a Range that holds only for this very file."""
    given = headers.get("if-range", "")
    named = given[1:-1] if len(given) > 2 and given[0] == given[-1] == '"' else None
    return named if "range" in headers else None


def part_asked_for(headers: Headers, octets: int, mark: object) -> Part | None:
    """Which part of a file of so many octets is answered. None: the range lies outside (416).

    The whole for several ranges, for units that are not octets, for what cannot be read (RFC 9110, 14.2: a server may pass
    over any Range), and where somebody has a part of something else (If-Range, 13.1.5).
    """
    whole = Part(0, octets - 1, partial=False)
    condition = headers.get("if-range")
    found = ONE.fullmatch(headers.get("range", "").strip())
    if found is None or (condition is not None and condition != etag_of(mark)):
        return whole
    begin, end, suffix = found.groups()
    if suffix is not None:
        length = min(int(suffix), octets)
        return Part(octets - length, octets - 1, partial=True) if length else None
    first, last = int(begin), min(int(end), octets - 1) if end else octets - 1
    if end and int(end) < int(begin):  # no range at all
        return whole
    return Part(first, last, partial=True) if first < octets else None
