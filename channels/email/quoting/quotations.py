"""Which lines are quoted: by their marks, by what introduces them, or because everything below is the original."""

from collections.abc import Sequence

from channels.email.quoting.introductions import (
    dated,
    introduces_here,
    introduction,
    is_named,
    only_introduces,
)
from channels.email.quoting.lines import Kind, Letter, unmarked
from channels.email.quoting.marks import (
    asks_above,
    header_block,
    is_divider,
    is_forward,
    is_older,
    is_rule,
    is_titled_rule,
)
from channels.email.quoting.remarks import is_only_link

WRAPPED_WIDTH = 55

_SENTENCE_END = (".", "!", "?", "…", ":", ";")


def take_in_wrapped(letter: Letter) -> None:
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
            unmarked_below = below < len(lines) and not letter.quoted[below]
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
