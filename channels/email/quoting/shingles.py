"""Our own last words, recognised in what comes back: in any language, any wrapping, marked or not."""

import re
from collections.abc import Sequence
from itertools import pairwise

WEIGHT = 20  # of the words that must stand in one row; a row shorter would be found in anybody's letter
WORD = 5  # so a row has four words,
LETTER = 2  # or ten letters of a script that puts no blanks between words
SHARE = 0.8  # of a line's words
WORDS_LIMIT = 50_000

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_LETTER = re.compile(rf"[{_UNSPACED}]")
_END = re.compile(r"[\s>|]{0,9}[?!.,;:…»”\")\]。？！]{1,5}\s{0,9}")

Row = tuple[str, ...]


def recognised(lines: Sequence[str], own_recent: Sequence[str]) -> list[bool]:
    """Say for each line whether it consists of words we sent, in the order in which we sent them.

    What we quoted is not ours but the client's, who may write it again: only beside words of ours does it come back.
    """
    if not own_recent:
        return [False] * len(lines)
    own = [_of(text, quoted=False) for text in own_recent]
    repeated = [words for text in own_recent if any(words := _of(text, quoted=True))]
    ours = _covered(lines, own)
    return _beside(lines, ours, _covered(lines, [*own, *repeated])) if repeated else ours


def _of(text: str, *, quoted: bool) -> list[str]:
    """The words we wrote, or those we quoted; an empty word wherever the others stand between."""
    words: list[str] = []
    for line in text.split("\n"):
        words += _words(line) if line.startswith(">") == quoted else [""] if line.strip() else []
    return words


def _covered(lines: Sequence[str], texts: Sequence[list[str]]) -> list[bool]:
    # An empty word ends each text: no row goes over the end of one into the next.
    sent = {row for _, row in _rows([word for text in texts for word in (*text, "")][:WORDS_LIMIT])}
    words: list[str] = []
    home: list[int] = []  # the line each word stands in
    for number, line in enumerate(lines):
        found = _words(line)
        words.extend(found)
        home.extend([number] * len(found))
    known = {place: place + len(row) for place, row in _rows(words) if row in sent}
    total, covered = [0] * len(lines), [0] * len(lines)
    reach = 0  # words before this one are covered by a row that began earlier
    for place, number in enumerate(home):
        reach = max(reach, known.get(place, 0))
        total[number] += 1
        covered[number] += place < reach
    ours = [count > 0 and hit >= SHARE * count for count, hit in zip(total, covered, strict=True)]
    for number in range(1, len(ours)):
        ours[number] = ours[number] or (ours[number - 1] and _ends_sentence(lines[number - 1], lines[number]))
    return ours


def _beside(lines: Sequence[str], ours: list[bool], known: list[bool]) -> list[bool]:
    """Take known lines for ours that have one of ours next above or below, empty ones between them as well."""
    written = [number for number, line in enumerate(lines) if line.strip("> \t|")]
    for order in (written, written[::-1]):
        before = False
        for number in order:
            before = ours[number] = ours[number] or (known[number] and before)
    for above, below in pairwise(written):
        if ours[above] and ours[below]:
            ours[above:below] = [True] * (below - above)
    return ours


def _ends_sentence(above: str, line: str) -> bool:
    # A mark that was wrapped onto a line of its own has no words; "??" below a whole sentence is an answer.
    return _END.fullmatch(line) is not None and _END.fullmatch(above[-1:]) is None


def _rows(words: Sequence[str]) -> list[tuple[int, Row]]:
    """List the row that begins at each word, as long as its weight asks; none over an empty word."""
    weights = [0 if not word else LETTER if _LETTER.match(word) else WORD for word in words]
    rows = []
    for place in range(len(words)):
        weight, end = 0, place
        while weight < WEIGHT and end < len(words) and weights[end]:
            weight += weights[end]
            end += 1
        if weight >= WEIGHT:
            rows.append((place, tuple(words[place:end])))
    return rows


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
