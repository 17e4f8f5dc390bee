"""Lines of ours, found again in what comes back: whole, in the order in which we sent them, as often as we sent them.

What is compared are stretches between line ends: some lines of the mail, put together, are some lines of a letter of
ours, sign by sign. So wrapping does not matter, and one sign more or less makes the lines hers. Where the work would
grow too much the rest counts as not found, and is shown.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from channels.email.quoting.keys import key
from channels.email.quoting.lines import unmarked

OWN_LIMIT: Final = 1_000_000
"""Characters of our letters that are looked at, the newest first."""
STEPS_LIMIT: Final = 200_000
"""Comparisons of lines for one mail."""
HEAD: Final = 12
"""Signs by which the lines are found that may begin the same stretch."""


@dataclass(frozen=True, slots=True)
class Row:
    """A written line of a quotation. `within`: it bears the marks of the quotation, or needs none."""

    place: int
    key: str = field(repr=False)
    within: bool = True


@dataclass(slots=True)
class Sent:
    """A letter we sent, or one of hers (`theirs`): the keys of its written lines one after the other."""

    number: int
    keys: list[str] = field(repr=False)
    quoted: list[bool] = field(repr=False)
    gaps: set[int] = field(default_factory=set)  # bound: the letter's lines
    """Lines in front of which something stands that is another every time: of a notice, its link and its hour."""
    stream: str = field(init=False, repr=False)
    ends: dict[int, int] = field(init=False, repr=False)
    starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.stream = "".join(self.keys)
        self.starts, self.ends, at = [], {}, 0
        for line, one in enumerate(self.keys):
            self.starts.append(at)
            at += len(one)
            self.ends[at] = line + 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows from `row` up to `row_end` are the lines from `line` up to `line_end` of a letter of ours."""

    row: int
    row_end: int
    line: int
    line_end: int
    weight: int


GAP: Final = "\ufffc"
"""In a notice: a line that is another every time."""


def prepared(texts: Sequence[str], *, theirs: bool = False) -> list[Sent]:
    """Our letters for comparing, as many as may be looked at. Of each the number is its place in `texts`."""
    found, left = [], OWN_LIMIT
    for number in range(len(texts) - 1, -1, -1):
        if len(texts[number]) > left:
            continue
        left -= len(texts[number])
        if sent := _prepared(number, texts[number], theirs=theirs):
            found.append(sent)
    return found


def _prepared(number: int, text: str, *, theirs: bool) -> Sent | None:
    keys: list[str] = []
    quoted: list[bool] = []
    gaps: set[int] = set()
    for line in text.splitlines():
        if line == GAP:
            gaps.add(len(keys))
        elif found := key(unmarked(line)):
            keys.append(found)
            quoted.append(theirs or line.startswith(">"))
    return Sent(number, keys, quoted, gaps) if keys else None


def of_theirs(sent: Sent) -> Sent | None:
    """What of a letter of ours is quoted from the writer; None if nothing is."""
    keys = [one for one, quoted in zip(sent.keys, sent.quoted, strict=True) if quoted]
    return Sent(sent.number, keys, [True] * len(keys)) if keys else None


Begins = dict[str, list[tuple[int, int]]]


class Search:
    """Finds letters again in quotations of one mail, within the work that one mail may cost."""

    def __init__(self, letters: Sequence[Sent]) -> None:
        self.letters = letters
        self._steps = STEPS_LIMIT
        self._held: dict[str, bool] = {}  # bound: the lines of one mail
        self._begins: Begins = defaultdict(list)
        self._tops: Begins = defaultdict(list)
        for which, sent in enumerate(letters):
            for line, at in enumerate(sent.starts):
                for head in {sent.stream[at : at + HEAD], sent.keys[line][:HEAD]}:
                    self._begins[head].append((which, line))
                    if line == 0:
                        self._tops[head].append((which, line))

    def best(self, rows: Sequence[Row]) -> "Found | None":
        """The letter of which these rows hold most, in order; None if they hold no line of any."""
        by_letter: dict[int, list[Stretch]] = defaultdict(list)
        for place, row in enumerate(rows):
            for which, line in self._candidates(rows, place) if row.within else ():
                if (stretch := self._stretch(rows, place, self.letters[which], line)) is not None:
                    by_letter[which].append(stretch)
        chosen: Found | None = None
        for which in sorted(by_letter):  # the newest first
            found = Found(self.letters[which], _chain(by_letter[which]), by_letter[which])
            if chosen is None or found.weight > chosen.weight:
                chosen = found
        return chosen

    def holds(self, wanted: str) -> bool:
        """Whether these signs stand somewhere in a letter."""
        if wanted not in self._held:
            self._held[wanted] = any(wanted in sent.stream for sent in self.letters)
        return self._held[wanted]

    def begins_letter(self, rows: Sequence[Row], place: int) -> bool:
        """Whether a letter's first lines stand from this row on."""
        return any(
            self._stretch(rows, place, self.letters[which], line) is not None
            for which, line in self._candidates(rows, place, self._tops)
        )

    def _candidates(
        self, rows: Sequence[Row], place: int, begins: "Begins | None" = None
    ) -> Iterator[tuple[int, int]]:
        """Lines of ours that may begin here: by the first signs of the row, or of those below where it has few."""
        begins = self._begins if begins is None else begins
        short = rows[place].key[:HEAD]
        heads = {short, _head(rows, place)} if len(short) < HEAD else {short}
        seen = set[tuple[int, int]]()
        for head in sorted(heads):
            for found in begins.get(head, ()):
                self._steps -= 1
                if self._steps < 0:
                    return
                if found not in seen:
                    seen.add(found)
                    yield found

    def _stretch(self, rows: Sequence[Row], place: int, sent: Sent, line: int) -> Stretch | None:
        """The shortest stretch that begins here and ends at a line's end in both."""
        start = at = sent.starts[line]
        for end in range(place, len(rows)):
            row = rows[end]
            self._steps -= 1
            # A line without the mark only continues one that some program broke; at a line's end of ours it is hers.
            if self._steps < 0 or not sent.stream.startswith(row.key, at):
                return None
            at += len(row.key)
            if at in sent.ends:
                return Stretch(place, end + 1, line, sent.ends[at], at - start)
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """A letter in a quotation: the longest chain of its stretches in order, and all that there are."""

    sent: Sent
    chain: list[Stretch]
    every: list[Stretch] = field(repr=False)

    @property
    def weight(self) -> int:
        """Signs found."""
        return sum(one.weight for one in self.chain)

    @property
    def is_most(self) -> bool:
        """Whether at least half of the letter is there."""
        return 2 * self.weight >= len(self.sent.stream)

    def repeated(self) -> set[int]:
        """Rows of lines that stand here more often than we sent them: nobody can say which of them are hers."""
        sent = Counter(self.sent.keys)
        rows: dict[str, set[int]] = defaultdict(set)
        for one in self.every:
            rows[self.sent.keys[one.line]].add(one.row)
        often = {words for words, places in rows.items() if len(places) > sent[words]}
        return {
            row
            for one in self.every
            if self.sent.keys[one.line] in often
            for row in range(one.row, one.row_end)
        }


def _head(rows: Sequence[Row], place: int) -> str:
    head = ""
    for row in rows[place : place + HEAD]:
        head += row.key[:HEAD]
        if len(head) >= HEAD:
            break
    return head[:HEAD]


def _chain(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The heaviest chain in which both rows and lines go forward."""
    order = sorted(stretches, key=lambda one: (one.row, one.line))
    by_end = sorted(range(len(order)), key=lambda index: order[index].row_end)
    best: list[
        tuple[int, int]
    ] = []  # of each: the weight of the chain that ends with it, and what came before
    # Heaviest chains so far by the line they end at: lines and weights both grow.
    ends: list[int] = []
    tops: list[tuple[int, int]] = []
    done = 0
    for one in order:
        while done < len(by_end) and order[by_end[done]].row_end <= one.row:
            _keep(ends, tops, order[by_end[done]].line_end, (best[by_end[done]][0], by_end[done]))
            done += 1
        at = bisect_right(ends, one.line) - 1
        weight, before = tops[at] if at >= 0 else (0, -1)
        best.append((weight + one.weight, before))
    place = max(range(len(order)), key=lambda index: best[index][0], default=-1)
    chain: list[Stretch] = []
    while place >= 0:
        chain.append(order[place])
        place = best[place][1]
    return chain[::-1]


def _keep(ends: list[int], tops: list[tuple[int, int]], end: int, top: tuple[int, int]) -> None:
    at = bisect_right(ends, end)
    if at and tops[at - 1][0] >= top[0]:
        return
    at = until = bisect_left(ends, end)
    while until < len(ends) and tops[until][0] <= top[0]:
        until += 1
    ends[at:until], tops[at:until] = [end], [top]
