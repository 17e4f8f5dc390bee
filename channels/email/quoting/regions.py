"""Where quotations begin in a letter, and how far each reaches: what may be folded stands inside one.

A quotation is marked, or stands below what announces it: an introduction, copied headers, a divider, our marker.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from channels.email.quoting.announcing import header_only, introduces_only
from channels.email.quoting.headers import copied_below, header_block, is_header
from channels.email.quoting.introductions import introduction
from channels.email.quoting.keys import key
from channels.email.quoting.lines import marks_of
from channels.email.quoting.marks import (
    asks_above,
    is_barred,
    is_divider,
    is_forward,
    is_older,
    is_reply_marker,
    is_rule,
)
from channels.email.quoting.sent import Row, Search

DEPTH_LIMIT: Final = 12
MARKER_LINES: Final = 4


@dataclass(slots=True)
class Region:
    """One quotation: the lines that announce it, and those that may be quoted in it.

    `base` is the number of marks its own lines bear; what bears more is quoted deeper. `nested`: it stands within another.
    """

    base: int
    nested: bool = False
    announced: list[int] = field(default_factory=list)  # bound: the letter's lines
    rows: list[Row] = field(default_factory=list)  # bound: the letter's lines


@dataclass(slots=True)
class Lines:
    """A letter's lines without their marks, and how many each bears."""

    bare: list[str]
    depth: list[int]

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Lines":
        """Takes the marks off."""
        pairs = [marks_of(line, barred=is_barred(line)) for line in lines]
        return cls([bare for bare, _ in pairs], [min(depth, DEPTH_LIMIT) for _, depth in pairs])

    def next_written(self, place: int) -> int:
        """Find the next line with words on it; the number of lines if there is none."""
        while place < len(self.bare) and not self.bare[place].strip():
            place += 1
        return place

    def last_written(self, place: int) -> int:
        """Find the nearest line above with words on it; -1 if there is none."""
        place -= 1
        while place >= 0 and not self.bare[place].strip():
            place -= 1
        return place


class Scan:
    """Finds the quotations of a letter."""

    def __init__(self, lines: Lines, search: Search, markers: Sequence[str], said: frozenset[str]) -> None:
        self._said = said
        self._lines = lines
        self._search = search
        self._markers = markers
        self._rows = [Row(place, one) for place, line in enumerate(lines.bare) if (one := key(line))]
        self._keys = {row.place: row.key for row in self._rows}
        self._first = [False] * len(lines.bare)
        for index, row in enumerate(self._rows):
            self._first[row.place] = search.begins_letter(self._rows, index)
        self._wrapped = {key(marker) for marker in markers}
        self._deeper: dict[int, list[bool]] = {}  # bound: one for each depth, DEPTH_LIMIT

    def regions(self) -> list[Region]:
        """Every quotation, in order."""
        found: list[Region] = []
        place, lines = 0, self._lines
        while (place := lines.next_written(place)) < len(lines.bare):
            if is_forward(lines.bare[place]):
                return found  # what is handed on is new to the reader
            current = found[-1] if found else None
            depth = lines.depth[place]
            if count := self._announces(place):
                current = self._announced(found, place, count)
                place += count
                continue
            if depth and current is None:
                found.append(current := Region(depth))
            if current is not None:
                if 0 < depth < current.base:
                    current.base = depth
                if one := self._keys.get(place):
                    current.rows.append(Row(place, one, depth >= current.base))
            place += 1
        return found

    def _announced(self, found: list[Region], place: int, count: int) -> Region:
        lines, depth = self._lines, self._lines.depth[place]
        below = lines.next_written(place + count)
        base = lines.depth[below] if below < len(lines.bare) and lines.depth[below] > depth else depth
        above = lines.last_written(place)
        rule = above >= 0 and is_rule(lines.bare[above])
        current = found[-1] if found else None
        if rule and current is not None and current.rows and current.rows[-1].place == above:
            current.rows.pop()
        inside = current is not None and depth >= current.base
        marker = self._marker(place)
        if current is None or (current.rows and not marker) or not inside:
            current = Region(base, nested=inside)
            found.append(current)
        elif not current.rows:
            current.base = base
        current.announced += [above] if rule else []  # people write between copied headers, too
        only = set(self._only_announcing(place, count))
        for line in range(place, place + count):
            if line not in self._keys or line in only:
                current.announced.append(line)
            else:
                current.rows.append(Row(line, self._keys[line], False))
        return current

    def _only_announcing(self, place: int, count: int) -> Iterator[int]:
        """The lines of these that hold no word of the writer."""
        bare, places = self._lines.bare, range(place, place + count)
        if self._marker(place):
            yield from places if self._is_our_marker(place) else ()
        elif is_divider(bare[place]) or is_header(bare[place]):
            for line in places:
                # A divider in words we know, with copied headers below it.
                divides = (
                    line == place
                    and is_divider(bare[line])
                    and any(map(is_header, bare[line + 1 : line + count]))
                )
                if (
                    divides
                    or is_rule(bare[line])
                    or (is_header(bare[line]) and header_only(bare[line], self._said))
                ):
                    yield line
        elif is_older(bare[place]) or introduces_only([bare[line] for line in places], self._said):
            yield from places

    def _is_our_marker(self, place: int) -> bool:
        line = self._lines.bare[place]
        return (
            self._marker(place) > 1
            or not is_reply_marker(line)
            or asks_above(line, self._markers, others=False)
        )

    def _marker(self, place: int) -> int:
        """Count the lines of a marker that begins here; narrow windows wrap ours."""
        for count in range(2, MARKER_LINES + 1):
            if "".join(map(key, self._lines.bare[place : place + count])) in self._wrapped:
                return count
        return int(asks_above(self._lines.bare[place], self._markers))

    def _announces(self, place: int) -> int:
        """Count the lines here that announce a quotation; 0 if none does."""
        bare, line = self._lines.bare, self._lines.bare[place]
        if count := self._marker(place):
            return count
        if self._search.holds(self._keys.get(place, "")):
            return 0  # in our letter we quoted, too
        if is_divider(line):
            below = self._lines.next_written(place + 1)
            while below < len(bare) and is_rule(bare[below]):
                below = self._lines.next_written(below + 1)
            return below - place + copied_below(bare, below)
        if is_older(line) and is_rule(bare[max(0, self._lines.last_written(place))]):
            return 1
        if (count := header_block(bare, place)) > 1:
            return count
        count = introduction(bare, place, self._quoted_deeper(self._lines.depth[place]), self._first)
        lines = [self._keys[line] for line in range(place, place + count) if line in self._keys]
        return 0 if any(map(self._search.holds, lines)) else count

    def _quoted_deeper(self, depth: int) -> list[bool]:
        if depth not in self._deeper:
            self._deeper[depth] = [one > depth for one in self._lines.depth]
        return self._deeper[depth]
