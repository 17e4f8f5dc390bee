"""Which lines are quoted: by their marks, by what introduces them, or because everything below is the original."""

import re
from collections.abc import Sequence

from channels.email.composing.mail import REPLY_ABOVE_IN
from channels.email.quoting.headers import HEADER_LINES, header_block
from channels.email.quoting.introductions import (
    INTRO_LINES,
    dated,
    ends_introduction,
    introduces_here,
    introduction,
    is_named,
    only_introduces,
)
from channels.email.quoting.lines import Kind, Letter, unmarked
from channels.email.quoting.marks import (
    asks_above,
    is_divider,
    is_forward,
    is_older,
    is_rule,
    is_titled_rule,
)
from channels.email.quoting.remarks import is_only_link

WRAPPED_WIDTH = 55
LINK_END = 6
LINK_REST = 16
_SMILES = re.compile(r"[:;=]-?[()]+")
_SIGNED = re.compile(r"\s*(?:--+|—) ?[^\W\d_]+(?: [^\W\d_]+)?\s*")  # "--Mara"


def take_in_wrapped(letter: Letter) -> None:
    """Count the overflow of a quoted line that some program broke in two as quoted, where it can be nothing else.

    A line without a mark between two with one may be an answer: only what closes a bracket, a quotation or a link, or
    ends an introduction, is none.
    """
    for place in range(1, len(letter.lines) - 1):
        if letter.quoted[place] or not letter.quoted[place - 1] or not letter.lines[place].strip():
            continue
        count = 1 if letter.quoted[place + 1] else 2
        if (
            place + count < len(letter.lines)
            and letter.quoted[place + count]
            and _overflows(letter, place, count)
        ):
            letter.quoted[place : place + count] = [True] * count
            letter.mark(place, place + count, Kind.QUOTE)


def _overflows(letter: Letter, place: int, count: int) -> bool:
    above, line = letter.lines[place - 1 : place + 1]
    if count > 1:  # a link that was put behind its name, and broken itself
        line += letter.lines[place + 1]
        return is_only_link(line.rstrip(".")) and line.startswith("<") and line.rstrip(". ").endswith(">")
    if ends_introduction(line):
        return only_introduces(f"{unmarked(above)} {line}")
    appended = is_only_link(line) and line.lstrip().startswith(("<", "("))
    return appended or _ends_link(above, line) or _closes(above, line)


def _ends_link(above: str, line: str) -> bool:
    # "5/10" below a long link is an answer.
    last = above.rsplit(" ", 1)[-1].lstrip("> ")
    if "://" not in last or " " in line.strip() or len(line.strip()) < LINK_END or _SMILES.search(line):
        return False
    if (last[:1] == "(" and ")" in line) or (last[:1] == "<" and ">" in line):
        return True
    long = len(above) >= WRAPPED_WIDTH and len(line.strip()) >= LINK_REST
    return long and sum(map(line.count, "/=%&-")) > 1


def _closes(above: str, line: str) -> bool:
    if len(above) < WRAPPED_WIDTH or not line[:1].islower():
        return False
    above, line = _SMILES.sub("", above), _SMILES.sub("", line)
    bracket = above.count("(") > above.count(")") and ")" in line
    return bracket or (above.count('"') % 2 == 1 and line.count('"') == 1)


def fold_quotations(letter: Letter, markers: Sequence[str]) -> None:
    """Fold introductions, and everything below what announces the original."""
    place, lines = 0, letter.lines
    something_own = False
    while place < len(lines):
        if letter.quoted[place] and _hands_on(letter, place):
            place = _show_run(letter, place)
            continue
        if something_own and letter.quoted[place] and _heads_original(letter, place):
            _fold_rest(letter, place)
            return
        if letter.quoted[place] or not lines[place].strip():
            place += 1
            continue
        if is_forward(lines[place]):
            _show_run(letter, place + 1)  # what is handed on is new to the reader
            return
        original = _begins_original(lines, place) or (is_older(lines[place]) and _below_rule(letter, place))
        if asks_above(lines[place], markers) or (something_own and original):
            _fold_rest(letter, place)
            return
        if count := introduction(lines, place, letter.quoted, letter.ours):
            below = letter.next_written(place + count)
            unmarked_below = below < len(lines) and not _marked_soon(letter, below)
            # At the very top an introduction without a quotation is followed by the writer's own words, and may be
            # the first of them, unless it bears an address.
            if something_own or not unmarked_below or any(map(is_named, lines[place : place + count])):
                letter.mark(place, place + count, Kind.QUOTE)
                letter.introduced = place
            if something_own and unmarked_below:
                _fold_rest(letter, place)
                return
            place = below
            continue
        # A letter that begins with the original has nothing else to say: it was handed on.
        something_own = something_own or not (original or is_rule(lines[place]))
        place += 1


def _marked_soon(letter: Letter, place: int) -> bool:
    """Whether this line is marked, or the next one: of "X wrote: yes" above marked lines the word is the writer's."""
    below = letter.next_written(place + 1)
    return letter.quoted[place] or (below < len(letter.lines) and letter.quoted[below])


def show_unannounced(letter: Letter) -> None:
    """Show what is marked as quoted though nothing says whose it is: people quote poems, friends and themselves.

    Unless it is the last, below the line with which the writer signs.
    """
    announced = False
    for start, end in list(letter.runs(Kind.QUOTE)):
        first = letter.next_written(start)
        announced = (
            announced or start >= letter.original or not letter.quoted[first] or _announces(letter, first)
        )
        signed = letter.next_written(end) == len(letter.lines) and _is_signed(letter, start)
        if not announced and not signed:
            letter.mark(start, end, Kind.QUESTION)


def _announces(letter: Letter, place: int) -> bool:
    """Whether the marked lines that begin here begin with an introduction, headers or a marker of their own."""
    while is_rule(unmarked(letter.lines[place])) and letter.next_written(place + 1) < len(letter.lines):
        place = letter.next_written(place + 1)
    block = [unmarked(line) for line in letter.lines[place : place + HEADER_LINES]]
    block = [line for line in block if not is_rule(line) and line.strip()] or block
    quoted = [False] * len(block)
    return (
        any(only_introduces(" ".join(block[:count])) for count in range(1, INTRO_LINES))
        or header_block(block, 0) > 0
        or is_divider(block[0])
        or asks_above(block[0], tuple(REPLY_ABOVE_IN.values()))
        or introduction(block, 0, quoted, quoted) > 0
    )


def _is_signed(letter: Letter, start: int) -> bool:
    above = letter.last_written(start)
    return above >= 0 and _SIGNED.fullmatch(letter.lines[above]) is not None


def close_gaps(letter: Letter) -> None:
    """Give the blank lines below a quotation to it; those above stay, as the gap that remains."""
    within = False
    for place, line in enumerate(letter.lines):
        if line.strip():
            within = letter.kinds[place] is Kind.QUOTE
        elif within:
            letter.kinds[place] = Kind.QUOTE


def _hands_on(letter: Letter, place: int) -> bool:
    # Apple Mail marks what it hands on as it marks what it quotes.
    above = letter.last_written(place)
    first = above < 0 or letter.kinds[above] is Kind.OWN  # below an introduction it is quoted
    return first and not letter.ours[place] and is_forward(unmarked(letter.lines[place]))


def _heads_original(letter: Letter, place: int) -> bool:
    # ">>> X <x@example.org> 14.01.31 18:20 >>>", with nothing marked below: as GroupWise and Supercite do it.
    line = letter.lines[place]
    around = (letter.last_written(place), letter.next_written(place + 1))
    if not line.startswith(">>>") or any(
        0 <= one < len(letter.lines) and letter.quoted[one] for one in around
    ):
        return False
    line = unmarked(line)
    return is_named(line) and (dated(line) or only_introduces(line))


def _show_run(letter: Letter, place: int) -> int:
    while place < len(letter.lines) and (letter.quoted[place] or not letter.lines[place].strip()):
        letter.kinds[place] = Kind.QUESTION
        place += 1
    return place


def _begins_original(lines: list[str], place: int) -> bool:
    return is_divider(lines[place]) or header_block(lines, place) > 0 or introduces_here(lines[place])


def _below_rule(letter: Letter, place: int) -> bool:
    above = letter.last_written(place)
    return above >= 0 and is_rule(letter.lines[above])


def _fold_rest(letter: Letter, place: int) -> None:
    """Fold everything from here on, with the drawn line just above."""
    letter.original = place
    letter.mark(place, len(letter.lines), Kind.QUOTE)
    above = letter.last_written(place)
    if above >= 0 and (is_rule(letter.lines[above]) or is_titled_rule(letter.lines[above])):
        letter.mark(above, place, Kind.QUOTE)
