"""Folding: the writer's words stay, what a mail program quoted or signed is one click from sight.

Nothing is deleted: the segments put together are the letter. In doubt words are shown, because a sentence
lost costs more than a signature seen. HTML comes here as text with `> ` before its quotations.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from channels.email.leaving.composing import REPLY_ABOVE
from channels.email.quoting.answers import keep_answers, keep_questions
from channels.email.quoting.introductions import introduction_within
from channels.email.quoting.lines import Kind, Letter, plain
from channels.email.quoting.marks import is_quoted, otherwise_quoted
from channels.email.quoting.quotations import close_gaps, fold_quotations, take_in_wrapped
from channels.email.quoting.shingles import recognised
from channels.email.quoting.signatures import fold_signatures

EXAMINED_LIMIT = 200 * 1024
EXAMINED_LINES = 5000

_LINES = re.compile(r"[^\n]*\n|[^\n]+")

_SAYS = re.compile(r"[^\s_*=~#+>|.-]")  # a drawn line says nothing

SHOWN = (Kind.OWN, Kind.QUESTION)

_BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200e\u200f\ufeff"  # nothing seen


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines of one kind."""

    kind: Kind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Folded:
    """A letter in segments; put together they are the letter, to the last blank.

    QUESTION and OWN alternate where the writer answered between our lines: the dialogue to be shown.
    """

    segments: tuple[Segment, ...]

    @property
    def shown(self) -> str:
        """What is to be read first."""
        words = "".join(segment.text for segment in self.segments if segment.kind in SHOWN)
        return words.strip(_BLANK) or words.strip()

    @property
    def folded(self) -> str:
        """What is one click away. With `shown` it holds every line of the letter."""
        return "".join(segment.text for segment in self.segments if segment.kind not in SHOWN).strip("\n")

    @property
    def is_folded(self) -> bool:
        """Say whether anything is folded away."""
        return any(segment.kind not in SHOWN for segment in self.segments)


def fold(text: str, own_recent: Sequence[str] = (), markers: Sequence[str] = (REPLY_ABOVE,)) -> Folded:
    """Tell the writer's words from what is quoted.

    `own_recent` are the texts we last sent in this conversation: they are recognised in any language and any
    wrapping. `markers` are our "reply above" lines in the languages we send. Linear; beyond 200 kB or 5000
    lines the rest counts as what stands before it.
    """
    lines = _LINES.findall(text[:EXAMINED_LIMIT])[:EXAMINED_LINES]
    if not lines:
        return Folded((Segment(Kind.OWN, text),) if text else ())
    lines = [
        piece for place, line in enumerate(lines) for piece in _apart(line, lines[place + 1 : place + 2])
    ]
    seen = [plain(line) for line in lines]
    kinds = _kinds(seen, own_recent, markers)
    if not any(kind in SHOWN and _SAYS.search(line) for kind, line in zip(kinds, seen, strict=True)):
        kinds = [Kind.OWN] * len(lines)  # never show an empty letter where something was written
    runs = groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
    segments = [Segment(kind, "".join(line for _, line in run)) for kind, run in runs]
    segments[-1] = Segment(segments[-1].kind, segments[-1].text + text[sum(map(len, lines)) :])
    return Folded(tuple(segments))


def _apart(line: str, below: list[str]) -> tuple[str, ...]:
    """Cut a line in two where some program put an introduction behind the writer's last words."""
    at = introduction_within(line) if below and is_quoted(below[0]) and not is_quoted(line) else 0
    return (line[:at], line[at:]) if at else (line,)


def _kinds(lines: list[str], own_recent: Sequence[str], markers: Sequence[str]) -> list[Kind]:
    ours = recognised(lines, own_recent)
    marked = otherwise_quoted(lines)
    quoted = [any(of) for of in zip(ours, marked, map(is_quoted, lines), strict=True)]
    kinds = [Kind.QUOTE if mark else Kind.OWN for mark in quoted]
    letter = Letter(lines, ours, quoted, kinds, len(lines))
    take_in_wrapped(letter)
    fold_quotations(letter, markers)
    close_gaps(letter)
    fold_signatures(letter)
    keep_questions(letter)
    keep_answers(letter)
    return letter.kinds
