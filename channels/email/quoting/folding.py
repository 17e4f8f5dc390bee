"""Folding: the writer's words stay, what a mail program quoted or signed is one click from sight.

Nothing is deleted: the segments put together are the letter. In doubt words are shown, because a sentence
lost costs more than a signature seen. HTML comes here as text with `> ` before its quotations.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from channels.email.composing.mail import REPLY_ABOVE_IN
from channels.email.quoting.answers import keep_answers, keep_questions
from channels.email.quoting.headers import announces
from channels.email.quoting.introductions import introduction_end, introduction_within
from channels.email.quoting.keys import key
from channels.email.quoting.known import tell_apart
from channels.email.quoting.lines import Kind, Letter, plain, unmarked
from channels.email.quoting.marks import divider_within, is_quoted, otherwise_quoted
from channels.email.quoting.quotations import close_gaps, fold_quotations, show_unannounced, take_in_wrapped
from channels.email.quoting.sent import Sent, prepared
from channels.email.quoting.signatures import cards_seen, fold_signatures

EXAMINED_LIMIT = 200 * 1024
EXAMINED_LINES = 5000
BEGINS_LIMIT = 80

_LINES = re.compile(r"[^\n]*\n|[^\n]+")

_SAYS = re.compile(r"[^\s_*=~#>|.-]")  # a drawn line says nothing

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
    quotes: int | None = None
    """Which of our texts most of what is folded comes from."""
    begins: str = field(default="", repr=False)
    """The first folded words that are not ours, nor announce a quotation."""

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


def fold(
    text: str,
    own_recent: Sequence[str] = (),
    markers: Sequence[str] = tuple(REPLY_ABOVE_IN.values()),
    *,
    earlier: Sequence[str] = (),
    notices: Sequence[str] = (),
    said: Sequence[str] = (),
) -> Folded:
    """Tell the writer's words from what is quoted.

    `own_recent` are the texts we last sent in this conversation: they are recognised in any language and any
    wrapping. `earlier` are letters of the writer from before, whole. `notices` are words we send by ourselves, lines
    that differ each time as `sent.GAP`. `said` are the names and the subject in the letter's own headers, which programs
    copy above a quotation. `markers` are our "reply above" lines in the languages we send. Linear; beyond
    200 kB or 5000 lines the rest is shown.
    """
    lines = _LINES.findall(text[:EXAMINED_LIMIT])[:EXAMINED_LINES]
    if not lines:
        return Folded((Segment(Kind.OWN, text),) if text else ())
    lines = [piece for line in lines for piece in _apart(line)]
    seen = [plain(line) for line in lines]
    letter = _told_apart(seen, Before(own_recent, earlier, notices, frozenset(map(key, said))), markers)
    kinds = letter.kinds
    if not any(kind in SHOWN and _SAYS.search(line) for kind, line in zip(kinds, seen, strict=True)):
        kinds = [Kind.OWN] * len(lines)  # never show an empty letter where something was written
    runs = groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
    segments = [Segment(kind, "".join(line for _, line in run)) for kind, run in runs]
    rest = text[sum(map(len, lines)) :]
    return Folded(_with_rest(segments, rest), _most_quoted(letter, len(own_recent)), _begins(letter))


def _most_quoted(letter: Letter, ours: int) -> int | None:
    """The letter of which most is quoted; a notice is none."""
    known = [number for number in letter.answered if number < ours]
    return max(known, key=lambda number: (letter.answered[number], number), default=None)


def _begins(letter: Letter) -> str:
    for place, kind in enumerate(letter.kinds):
        line = unmarked(letter.lines[place])
        known = letter.ours[place] or place in letter.announced or announces(line)
        if kind not in SHOWN and not known and _SAYS.search(line):
            return line.strip()[:BEGINS_LIMIT]
    return ""


def _with_rest(segments: list[Segment], rest: str) -> tuple[Segment, ...]:
    """What lies beyond the limits was not looked at, so it is shown."""
    if rest and segments[-1].kind is Kind.OWN:
        return (*segments[:-1], Segment(Kind.OWN, segments[-1].text + rest))
    return (*segments, Segment(Kind.OWN, rest)) if rest else tuple(segments)


def _apart(line: str) -> Iterator[str]:
    """Cut a line where some program put an introduction or a divider behind the writer's last words."""
    at = introduction_within(line) or divider_within(line)[0]
    if at and not is_quoted(line):
        yield line[:at]
        line = line[at:]
    begins, ends = divider_within(line)
    ends = ends if ends and not begins else introduction_end(line)
    if ends:
        yield line[:ends]
        line = line[ends:]
    if line:
        yield line


@dataclass(frozen=True, slots=True)
class Before:
    """What was written before: by us, by the writer, and by ourselves without a hand."""

    ours: Sequence[str] = field(repr=False)
    theirs: Sequence[str] = field(repr=False)
    notices: Sequence[str] = field(repr=False)
    said: frozenset[str] = field(repr=False)


def _told_apart(lines: list[str], before: Before, markers: Sequence[str]) -> Letter:
    count = len(lines)
    letter = Letter(lines, [False] * count, [False] * count, [Kind.OWN] * count, count)
    ours = prepared([*before.ours, *before.notices])
    known = any(map(str.strip, before.ours)) or _quotes(lines, ours)
    if known:
        tell_apart(letter, ours, prepared(before.theirs, theirs=True), markers, before.said)
    else:
        marked = otherwise_quoted(lines)
        letter.quoted = [any(of) for of in zip(marked, map(is_quoted, lines), strict=True)]
        letter.kinds = [Kind.QUOTE if mark else Kind.OWN for mark in letter.quoted]
        take_in_wrapped(letter)
        fold_quotations(letter, markers)
        show_unannounced(letter)
    close_gaps(letter)
    fold_signatures(letter, cards_seen(before.theirs), strict=known)
    keep_questions(letter)
    keep_answers(letter)
    return letter


def _quotes(lines: list[str], sent: Sequence[Sent]) -> bool:
    """Whether a line of these letters stands here: then it is known what else is ours."""
    first = {one.keys[0] for one in sent}
    return bool(first) and any(key(unmarked(line)) in first for line in lines)
