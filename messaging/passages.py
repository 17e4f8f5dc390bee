"""A letter in passages: its writer's own paragraphs, and what they quote of another's letter to answer below it.

Letters are plain text. A line that begins with `>` is quoted, as in mail (RFC 3676 section 4.5): so a dialogue is the
same text in a draft, in the record and on the wire, and survives whatever keeps plain text.

    passages    a letter, cut
    quoted      words as a quotation; `unquoted` is its inverse
    own_words   what a list shows of a letter
    with_quote  a draft with one more quotation at its end
    to_answer   the paragraphs of a letter that wait for an answer
    left        those of them that have none yet
    places      where quoted words stand in earlier letters
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

DEEPEST: Final = 5
"""Quotations within quotations that are told apart; more would leave no room for words on a telephone."""
SEARCHED: Final = 2_000_000
"""Characters searched for one letter's quotations: two hundred long letters, some milliseconds."""

_ADDRESS: Final = re.compile(r"[^\n.!?؟。]{1,60}[,،:：，]")
_FAREWELL: Final = re.compile(r"(?:[^\n.!?؟。]{1,40}[,،，]\s{1,4})?(?P<name>[^\n.!?؟。]{1,60})[.!]?")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a run of quoted lines without their marks; `inner` is what such a run consists of."""

    text: str = field(repr=False)
    quoted: bool = False
    inner: tuple["Passage", ...] = ()


def passages(text: str, deepest: int = DEEPEST) -> tuple[Passage, ...]:
    """A letter cut at blank lines and where quoting begins or ends: answers stay under their lines."""
    return tuple(_passage(run, deepest) for run in _runs(text.split("\n")))


def _runs(lines: list[str]) -> Iterator[list[str]]:
    run: list[str] = []
    for line in lines:
        if run and (not line.strip() or _is_quoted(line) != _is_quoted(run[0])):
            yield run
            run = []
        if line.strip():
            run.append(line)
    if run:
        yield run


def _passage(run: list[str], deepest: int) -> Passage:
    text = "\n".join(run)
    if not _is_quoted(run[0]):
        return Passage(text)
    if deepest == 1:
        text = "\n".join(line.lstrip("> ") for line in run)
        return Passage(text, quoted=True, inner=(Passage(text),))
    text = unquoted(text)
    return Passage(text, quoted=True, inner=passages(text, deepest - 1))


def _is_quoted(line: str) -> bool:
    return line.startswith(">")


def own_words(text: str) -> str:
    """Its writer's own words in one line; what they quote only where there is nothing else."""
    return _plain("\n".join(line for line in text.split("\n") if not _is_quoted(line))) or _plain(text)


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
    for words in _answered(answer):
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
    return [words for one in found if one.quoted for words in _paragraphs(one)]


def _paragraphs(quotation: Passage) -> list[str]:
    """Each of its paragraphs in one line."""
    return [words for one in quotation.inner if (words := _plain(one.text))]


def _plain(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- where quoted words come from


def places(quotation: Passage, letters: Sequence[str]) -> list[tuple[int, int]]:
    """Where these words stand exactly as their writer's own, however lines were broken: every (letter, passage).

    A quotation over several paragraphs stands where its first one does, if the others follow. It is looked for in at
    most SEARCHED characters.
    """
    wanted = _paragraphs(quotation)
    found: list[tuple[int, int]] = []
    searched = 0
    for number, letter in enumerate(letters):
        searched += len(letter)
        if not wanted or searched > SEARCHED:
            break
        known = ["" if one.quoted else _plain(one.text) for one in passages(letter)]
        for start in range(len(known) - len(wanted) + 1):
            if all(words in known[start + step] for step, words in enumerate(wanted)):
                found.append((number, start))
    return found
