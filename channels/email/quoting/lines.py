"""The lines of a letter while they are told apart: what each is taken for so far."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

# Marks of direction and joining, which some programs strew between words; digits of other scripts; curly quotes.
_UNSEEN = dict.fromkeys(
    [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
)
_PLAIN = _UNSEEN | {0xA0: " ", 0x202F: " ", 0x2019: "'"}
_PLAIN |= {zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for digit in range(10)}
_MARK = re.compile(r"\s{0,9}(?:>\s?)+")
_OTHER = re.compile(r"\s{0,8}(?:\||[A-Z]{2}>)\s?")


class Kind(StrEnum):
    """What a segment of a letter is."""

    OWN = "own"  # the writer's words
    QUESTION = "question"  # quoted words the writer answers directly below: shown
    QUOTE = "quote"  # folded
    SIGNATURE = "signature"  # folded


@dataclass(slots=True)
class Letter:
    """`ours`: words we sent. `quoted`: marked as quoted, or ours. `original`: where an unmarked quotation begins.

    `introduced`: the last line that introduces a quotation; -1 if none does. `answered`: which of our letters are
    quoted, by their places, and how much of each. `announced`: lines that announce a quotation.
    """

    lines: list[str]
    ours: list[bool]
    quoted: list[bool]
    kinds: list[Kind]
    original: int
    introduced: int = -1
    answered: dict[int, int] = field(default_factory=dict)  # bound: our letters that were given
    announced: set[int] = field(default_factory=set)  # bound: the letter's lines

    def written(self, place: int) -> bool:
        """Say whether a line holds words of the writer."""
        return self.kinds[place] is Kind.OWN and bool(self.lines[place].strip())

    def mark(self, start: int, end: int, kind: Kind) -> None:
        """Take the lines of this range for one kind."""
        self.kinds[start:end] = [kind] * (end - start)

    def runs(self, wanted: Kind) -> Iterator[tuple[int, int]]:
        """Yield each range of lines of one kind."""
        start = 0
        for kind, run in groupby(self.kinds):
            end = start + sum(1 for _ in run)
            if kind is wanted:
                yield start, end
            start = end

    def next_written(self, place: int) -> int:
        """Find the next line with words on it; the number of lines if there is none."""
        while place < len(self.lines) and not self.lines[place].strip():
            place += 1
        return place

    def last_written(self, place: int) -> int:
        """Find the nearest line above with words on it; -1 if there is none."""
        place -= 1
        while place >= 0 and not self.lines[place].strip():
            place -= 1
        return place


def plain(line: str) -> str:
    """Return a line as a reader sees it, without its end."""
    line = line.rstrip("\r\n")
    return line if line.isascii() else line.translate(_PLAIN)


def marks_of(line: str, *, barred: bool = False) -> tuple[str, int]:
    """Return a line without its marks of quotation, and how many it bore. `barred`: its first mark is another than `>`."""
    depth = 0
    if barred:
        line, depth = _OTHER.sub("", line, count=1), 1
    if line.startswith(">From "):
        return line[1:], depth  # mbox programs hide the word so
    found = _MARK.match(line)
    if found is None or (depth and not found[0].strip()):
        return line, depth
    return line[found.end() :], depth + found[0].count(">")


def unmarked(line: str) -> str:
    """Return a quoted line without its marks."""
    found = _MARK.match(line)
    return line[found.end() :] if found else line
