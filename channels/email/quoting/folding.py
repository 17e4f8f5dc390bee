"""Folding: the writer's words stay, what a mail program quoted or signed is one click from sight.

Nothing is deleted: the segments put together are the letter. In doubt words are shown, because a sentence
lost costs more than a signature seen. HTML comes here as text with `> ` before its quotations.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from channels.email.leaving.composing import REPLY_ABOVE
from channels.email.quoting.marks import (
    header_block,
    introduction,
    is_closing,
    is_divider,
    is_footer,
    is_forward,
    is_only_link,
    is_quoted,
    is_reply_marker,
    is_rule,
    is_sent_from,
)
from channels.email.quoting.shingles import recognised

EXAMINED_LIMIT = 200 * 1024
EXAMINED_LINES = 5000
SIGNATURE_LINES = 20  # below `-- ` there are sometimes letters; a signature is short
SHORT_ANSWER = 4  # words; "Yes." says nothing without its question
WRAPPED_WIDTH = 55

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_NOT_WORDS = re.compile(r"[\W_]+")
_SENTENCE_END = (".", "!", "?", "…", ":", ";")


class Kind(StrEnum):
    """What a segment of a letter is."""

    OWN = "own"  # the writer's words
    QUESTION = "question"  # quoted words the writer answers directly below: shown
    QUOTE = "quote"  # folded
    SIGNATURE = "signature"  # folded


SHOWN = (Kind.OWN, Kind.QUESTION)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines of one kind."""

    kind: Kind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Folded:
    """A letter in segments; put together they are the letter, to the last blank."""

    segments: tuple[Segment, ...]

    @property
    def shown(self) -> str:
        """What is to be read first."""
        return "".join(segment.text for segment in self.segments if segment.kind in SHOWN).strip()

    @property
    def is_folded(self) -> bool:
        """Say whether anything is folded away."""
        return any(segment.kind not in SHOWN for segment in self.segments)


@dataclass(slots=True)
class _Letter:
    lines: list[str]
    ours: list[bool]
    quoted: list[bool]
    kinds: list[Kind]

    def written(self, place: int) -> bool:
        return self.kinds[place] is Kind.OWN and bool(self.lines[place].strip())


def fold(text: str, own_recent: Sequence[str] = (), markers: Sequence[str] = (REPLY_ABOVE,)) -> Folded:
    """Tell the writer's words from what is quoted.

    `own_recent` are the texts we last sent in this conversation: they are recognised in any language and any
    wrapping. `markers` are our "reply above" lines in the languages we send. Linear; beyond 200 kB or 5000
    lines the rest counts as what stands before it.
    """
    lines = _LINES.findall(text[:EXAMINED_LIMIT])[:EXAMINED_LINES]
    if not lines:
        return Folded((Segment(Kind.OWN, text),) if text else ())
    kinds = _kinds([line.rstrip("\r\n") for line in lines], own_recent, markers)
    if not any(kind in SHOWN and line.strip() for kind, line in zip(kinds, lines, strict=True)):
        kinds = [Kind.OWN] * len(lines)  # never show an empty letter where something was written
    runs = groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
    segments = [Segment(kind, "".join(line for _, line in run)) for kind, run in runs]
    segments[-1] = Segment(segments[-1].kind, segments[-1].text + text[sum(map(len, lines)) :])
    return Folded(tuple(segments))


def _kinds(lines: list[str], own_recent: Sequence[str], markers: Sequence[str]) -> list[Kind]:
    ours = recognised(lines, own_recent)
    quoted = [known or is_quoted(line) for known, line in zip(ours, lines, strict=True)]
    letter = _Letter(lines, ours, quoted, [Kind.QUOTE if mark else Kind.OWN for mark in quoted])
    _take_in_wrapped(letter)
    _fold_quotations(letter, [_plain(marker) for marker in markers])
    _close_gaps(letter)
    _fold_signatures(letter)
    _keep_questions(letter)
    return letter.kinds


def _take_in_wrapped(letter: _Letter) -> None:
    """Count the overflow of a quoted line that some program broke in two as quoted."""
    for place in range(1, len(letter.lines) - 1):
        above, line = letter.lines[place - 1 : place + 1]
        between = letter.quoted[place - 1] and letter.quoted[place + 1]
        if letter.quoted[place] or not line.strip() or not between:
            continue
        goes_on = len(above) >= WRAPPED_WIDTH and not above.rstrip().endswith(_SENTENCE_END)
        broken_link = "://" in above.rsplit(" ", 1)[-1] and " " not in line.strip()
        if (goes_on and not line[:1].isupper()) or broken_link or is_only_link(line):
            letter.quoted[place], letter.kinds[place] = True, Kind.QUOTE


def _fold_quotations(letter: _Letter, markers: list[str]) -> None:
    place, lines = 0, letter.lines
    something_own = False
    while place < len(lines):
        if letter.quoted[place] or not lines[place].strip():
            place += 1
            continue
        if is_forward(lines[place]):
            return  # what is handed on is new to the reader
        if _asks_above(lines[place], markers) or (something_own and _begins_original(lines, place)):
            _fold_rest(letter, place)
            return
        if count := introduction(lines, place, letter.quoted, letter.ours):
            letter.kinds[place : place + count] = [Kind.QUOTE] * count
            place = _next_written(lines, place + count)
            # At the very top an introduction without a quotation is followed by the writer's own words.
            if something_own and place < len(lines) and not letter.quoted[place]:
                _fold_rest(letter, place)
                return
            continue
        something_own = True
        place += 1


def _asks_above(line: str, markers: list[str]) -> bool:
    plain = _plain(line)
    return any(marker and marker in plain for marker in markers) or is_reply_marker(line)


def _begins_original(lines: list[str], place: int) -> bool:
    return is_divider(lines[place]) or header_block(lines, place) > 0


def _fold_rest(letter: _Letter, place: int) -> None:
    """Fold everything from here on, with the drawn line or the quotation marks just above."""
    letter.kinds[place:] = [Kind.QUOTE] * (len(letter.lines) - place)
    above = _last_written(letter.lines, place)
    if above >= 0 and is_rule(letter.lines[above]):
        letter.kinds[above:place] = [Kind.QUOTE] * (place - above)


def _close_gaps(letter: _Letter) -> None:
    """Blank lines below a quotation belong to it; those above stay, as the gap that remains."""
    within = False
    for place, line in enumerate(letter.lines):
        if line.strip():
            within = letter.kinds[place] is Kind.QUOTE
        elif within:
            letter.kinds[place] = Kind.QUOTE


def _fold_signatures(letter: _Letter) -> None:
    for start, below in list(_runs(letter, Kind.OWN)):
        end = _fold_remarks(letter, start, below)
        for place in range(max(start, end - SIGNATURE_LINES), end):
            if letter.lines[place].rstrip() == "--" or is_footer(_written(letter.lines[place:end])):
                letter.kinds[place:end] = [Kind.SIGNATURE] * (end - place)
                _fold_remarks(letter, start, place)
                break


def _fold_remarks(letter: _Letter, start: int, end: int) -> int:
    """Fold what programs leave at the end of the writer's words; return where the words end."""
    last = _last_written(letter.lines, end)
    while last >= start and (is_sent_from(letter.lines[last]) or is_rule(letter.lines[last])):
        letter.kinds[last:end] = [Kind.SIGNATURE] * (end - last)
        end = last
        last = _last_written(letter.lines, end)
    return end


def _keep_questions(letter: _Letter) -> None:
    """Show the quotations that have an answer below; one long answer below everything needs none."""
    runs = list(_runs(letter, Kind.QUOTE))
    answered = [run for run in runs if _answer_below(letter, run[1])]
    own_above = bool(answered) and any(map(letter.written, range(answered[0][0])))
    if len(answered) == 1 and not own_above and _words_below(letter, answered[0][1]) > SHORT_ANSWER:
        return
    for start, end in answered:
        for place in range(start, end):
            if letter.quoted[place] or not letter.lines[place].strip():
                letter.kinds[place] = Kind.QUESTION


def _answer_below(letter: _Letter, place: int) -> bool:
    below = list(_own_lines_below(letter, place))
    return bool(below) and not (len(below) <= 3 and is_closing(below[0]))


def _own_lines_below(letter: _Letter, place: int) -> Iterator[str]:
    while place < len(letter.lines) and letter.kinds[place] is Kind.OWN:
        if letter.lines[place].strip():
            yield letter.lines[place]
        place += 1


def _words_below(letter: _Letter, place: int) -> int:
    return sum(len(line.split()) for line in _own_lines_below(letter, place))


def _runs(letter: _Letter, wanted: Kind) -> Iterator[tuple[int, int]]:
    start = 0
    for kind, run in groupby(letter.kinds):
        end = start + sum(1 for _ in run)
        if kind is wanted:
            yield start, end
        start = end


def _next_written(lines: list[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip():
        place += 1
    return place


def _last_written(lines: list[str], place: int) -> int:
    place -= 1
    while place >= 0 and not lines[place].strip():
        place -= 1
    return place


def _written(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _plain(line: str) -> str:
    return _NOT_WORDS.sub(" ", line[:300]).strip().casefold()
