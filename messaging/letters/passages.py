"""A letter in passages: its writer's own paragraphs, and what they quote of another's letter to answer below it.

Letters are plain text. A line that begins with `>` is quoted, as in mail (RFC 3676 section 4.5): so a dialogue is the
same text in a draft, in the record and on the wire, and survives whatever keeps plain text.

    passages    a letter, cut
    quoted      words as a quotation; `unquoted` is its inverse
    own_words   what a list shows of a letter
    with_quote  a draft with one more quotation at its end
    to_answer   the paragraphs of a letter that wait for an answer
    left        those of them that have none yet
    Known       an earlier letter, cut once, in which quoted words are looked for
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

PASSAGES: Final = 1000
"""Of one letter, those within others included; what stands below is shown as it was written, uncut. Each costs a page some
20 us, and a letter of blank lines has sixty thousand."""
DEEPEST: Final = 5
"""Quotations within quotations that are told apart; more would leave no room for words on a telephone."""
SEARCHED: Final = 20_000_000
"""Characters searched for all quotations of a page: some hundredths of a second. What is left stands without a name."""
CANDIDATE: Final = 200
"""What looking at one place where a quotation may begin counts as, in characters."""
ANSWERS: Final = 300
"""Quoted paragraphs of one answer that are looked for in what it answers; the others settle nothing."""

_ADDRESS: Final = re.compile(r"[^\n.!?؟。]{1,60}[,،:：，]")
_FAREWELL: Final = re.compile(r"(?:[^\n.!?؟。]{1,40}[,،，]\s{1,4})?(?P<name>[^\n.!?؟。]{1,60})[.!]?")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a run of quoted lines without their marks; `inner` is what such a run consists of."""

    text: str = field(repr=False)
    quoted: bool = False
    inner: tuple["Passage", ...] = ()
    uncut: bool = False
    """All that stands below the last passage that was cut: marks and all."""


def passages(text: str, deepest: int = DEEPEST) -> tuple[Passage, ...]:
    """A letter cut at blank lines and where quoting begins or ends: answers stay under their lines."""
    return tuple(_cut(text, deepest, _Room(PASSAGES)))


@dataclass(slots=True)
class _Room:
    left: int


def _cut(text: str, deepest: int, room: _Room) -> Iterator[Passage]:
    lines = text.split("\n")
    for start, run in _runs(lines):
        if room.left <= 0:
            yield Passage("\n".join(lines[start:]), uncut=True)
            return
        room.left -= 1
        yield _passage(run, deepest, room)


def _runs(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each with the line where it begins."""
    run: list[str] = []
    start = 0
    for number, line in enumerate(lines):
        if run and (not line.strip() or _is_quoted(line) != _is_quoted(run[0])):
            yield start, run
            run = []
        if line.strip():
            start = start if run else number
            run.append(line)
    if run:
        yield start, run


def _passage(run: list[str], deepest: int, room: _Room) -> Passage:
    text = "\n".join(run)
    if not _is_quoted(run[0]):
        return Passage(text)
    if deepest == 1:
        text = "\n".join(line.lstrip("> ") for line in run)
        return Passage(text, quoted=True, inner=(Passage(text),))
    text = unquoted(text)
    return Passage(text, quoted=True, inner=tuple(_cut(text, deepest - 1, room)))


def _is_quoted(line: str) -> bool:
    return line.startswith(">")


def own_words(text: str) -> str:
    """Its writer's own words in one line, without "Dear Mira,"; what they quote only where there is nothing else."""
    own = [line for line in text.split("\n") if line.strip() and not _is_quoted(line)]
    if len(own) > 1 and _ADDRESS.fullmatch(own[0].strip()):
        own = own[1:]
    return _plain("\n".join(own)) or _plain(text)


def quoted(text: str) -> str:
    """Words as a quotation. What is a quotation already gets its next mark without a blank (RFC 3676 section 4.5)."""
    return "\n".join(
        f">{line}" if _is_quoted(line) else f"> {line}" if line else ">" for line in text.split("\n")
    )


def unquoted(text: str) -> str:
    """A quotation without its outermost marks."""
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in text.split("\n"))


def with_quote(draft: str, words: str) -> str:
    """A draft with these words quoted below it, and room for the answer below them."""
    above = f"{draft.rstrip()}\n\n" if draft.strip() else ""
    return f"{above}{quoted(words)}\n\n"


# ---------------------------------------------------------------- what is answered


def to_answer(letter: str, author: str = "") -> tuple[int, ...]:
    """The passages that wait for an answer: their writer's own, without "Dear Mira," and a name at the end.

    In doubt a paragraph counts: a farewell in a list costs less than a cry for help missing from it.
    """
    found = passages(letter)
    own = [place for place, one in enumerate(found) if not one.quoted]
    if len(own) > 1 and _ADDRESS.fullmatch(found[own[0]].text.strip()):
        own = own[1:]
    if len(own) > 1 and _is_farewell(found[own[-1]].text.strip(), author):
        own = own[:-1]
    return tuple(own)


def _is_farewell(text: str, author: str) -> bool:
    names = {name.casefold() for name in author.split()}
    said = _FAREWELL.fullmatch(text)
    return said is not None and bool(names) and {name.casefold() for name in said["name"].split()} <= names


def left(paragraphs: Sequence[str], answer: str) -> tuple[int, ...]:
    """Which paragraphs have no answer: none of their words are quoted with words of the answer's writer below.

    Each quoted paragraph answers one: a whole one, or else the next that holds its words.
    """
    known = [_plain(one) for one in paragraphs]
    still = list(range(len(known)))
    at = 0
    for words in _answered(answer)[:ANSWERS]:
        order = [place for place in still if place >= at] + [place for place in still if place < at]
        whole = next((place for place in order if known[place] == words), None)
        held = next((place for place in order if words in known[place] or known[place] in words), None)
        place = held if whole is None else whole
        if place is not None:
            still.remove(place)
            at = place
    return tuple(still)


def _answered(answer: str) -> list[str]:
    """The quoted paragraphs that have own words somewhere below them."""
    found = list(passages(answer))
    while found and found[-1].quoted:
        found.pop()
    return [words for one in found if one.quoted for words in sought(one)]


def sought(quotation: Passage) -> list[str]:
    """Each paragraph of a quotation in one line."""
    return [words for one in quotation.inner if (words := _plain(one.text))]


def _plain(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- where quoted words come from


class Search:
    """What may still be searched for the quotations of one page. Raises Searched when that is used up."""

    def __init__(self, left: int = SEARCHED) -> None:
        self._left = left

    def take(self, characters: int) -> None:
        """So many are looked at."""
        self._left -= characters
        if self._left < 0:
            raise Searched


class Searched(Exception):
    """Enough was searched: of what was not found nothing is known."""


class Known:
    """A letter in which quoted words are looked for: its writer's own paragraphs, however their lines were broken."""

    def __init__(self, letter: str) -> None:
        # What was not cut may hold others' words.
        self._paragraphs = ["" if one.quoted or one.uncut else _plain(one.text) for one in passages(letter)]
        self._whole = "\n".join(self._paragraphs)
        self._starts: list[int] = []  # bound: one for each paragraph of the letter
        place = 0
        for one in self._paragraphs:
            self._starts.append(place)
            place += len(one) + 1

    def place_of(self, wanted: list[str], search: Search) -> int | None:
        """The first passage where these words (`sought`) stand exactly. Raises Searched.

        A quotation over several paragraphs stands where its first one does, if the others follow.
        """
        at = 0
        while wanted:
            found = self._whole.find(wanted[0], at)
            search.take((found if found >= 0 else len(self._whole)) - at + CANDIDATE)
            if found < 0:
                return None
            place = bisect_right(self._starts, found) - 1
            if self._stands(wanted, place, search):
                return place
            at = self._starts[place] + len(self._paragraphs[place]) + 1
        return None

    def _stands(self, wanted: list[str], place: int, search: Search) -> bool:
        here = self._paragraphs[place : place + len(wanted)]
        search.take(len(here) + len(wanted))
        if len(here) != len(wanted):
            return False
        for words, paragraph in zip(wanted, here, strict=True):
            search.take(len(paragraph))
            if words not in paragraph:
                return False
        return True
