"""A letter that answers letters we know: only what we sent is folded, and only where it is quoted, whole and in order."""

from collections.abc import Sequence
from typing import Final

from channels.email.composing.times import is_spoken
from channels.email.quoting.lines import Kind, Letter
from channels.email.quoting.regions import Lines, Region, Scan
from channels.email.quoting.remarks import is_only_link
from channels.email.quoting.sent import Found, Row, Search, Sent, Stretch, of_theirs

_FOLDED_AGAIN: Final = 16
"""Signs of an earlier letter of theirs that must stand in a deeper quotation: "no" may be an answer typed into it."""


def tell_apart(
    letter: Letter, ours: Sequence[Sent], hers: Sequence[Sent], markers: Sequence[str], said: frozenset[str]
) -> None:
    """Fold what we sent, and what was quoted deeper and is known; all else is shown."""
    lines = Lines.of(letter.lines)
    search = Search(ours)
    known = Search([*hers, *(one for sent in ours if (one := of_theirs(sent)) is not None)])
    letter.mark(0, len(letter.lines), Kind.OWN)
    letter.quoted = [False] * len(letter.lines)
    for region in Scan(lines, search, markers, said).regions():
        _judge(letter, lines, region, search.best(region.rows))
        _fold_deeper(letter, lines, region, known)
        _fold_announcement(letter, region)
    _follow(letter, lines)


def _judge(letter: Letter, lines: Lines, region: Region, found: Found | None) -> None:
    if found is None:
        for row in region.rows:
            if row.within and region.base:
                letter.kinds[row.place] = Kind.QUESTION  # quoted from elsewhere
        return
    letter.answered[found.sent.number] = letter.answered.get(found.sent.number, 0) + found.weight
    chosen = _beside_gaps(found)
    for one in found.chain:
        hers = any(found.sent.quoted[one.line : one.line_end])
        for row in region.rows[one.row : one.row_end]:
            deeper = region.nested or lines.depth[row.place] > region.base
            shown = one in chosen or not found.is_most or (hers and not deeper)
            letter.kinds[row.place] = Kind.QUESTION if shown else Kind.QUOTE
            letter.quoted[row.place] = letter.ours[row.place] = True
    for place in found.repeated():
        row = region.rows[place]
        letter.kinds[row.place] = Kind.OWN
        letter.quoted[row.place] = letter.ours[row.place] = False
    for row in _of_notice(letter, region.rows, found):
        letter.kinds[row.place], letter.quoted[row.place] = Kind.QUOTE, True


def _beside_gaps(found: Found) -> set[Stretch]:
    """Lines beside which the writer struck out others of ours: what they left standing may be what they chose."""
    chosen, quoted = set[Stretch](), found.sent.quoted
    for above, below in zip(found.chain, found.chain[1:], strict=False):
        if not all(quoted[above.line_end : below.line]):
            chosen |= {above, below}
    first, last = found.chain[0], found.chain[-1]
    if not all(quoted[: first.line]):
        chosen.add(first)
    # A question left standing last is none: programs and people cut off what stands below it.
    if not all(quoted[last.line_end :]) and not found.sent.keys[last.line_end - 1].endswith(("?", "？", "؟")):
        chosen.add(last)
    return chosen


def _of_notice(letter: Letter, rows: Sequence[Row], found: Found) -> list[Row]:
    """The link and the hour of a notice, where nothing else of it is missing between."""
    return [
        row
        for above, below in zip(found.chain, found.chain[1:], strict=False)
        if below.line == above.line_end and below.line in found.sent.gaps
        for row in rows[above.row_end : below.row]
        if is_only_link(_bare(letter, row)) or is_spoken(_bare(letter, row))
    ]


def _bare(letter: Letter, row: Row) -> str:
    return letter.lines[row.place].lstrip("> \t").strip()


def _fold_deeper(letter: Letter, lines: Lines, region: Region, known: Search) -> None:
    deeper = [
        row
        for row in region.rows
        if (region.nested or lines.depth[row.place] > region.base) and not letter.ours[row.place]
    ]
    within = [row for row in deeper if row.within]
    found = known.best(within)
    if found is None or not found.is_most or found.weight < _FOLDED_AGAIN:
        return
    chosen, repeated = _beside_gaps(found), found.repeated()
    for one in found.chain:
        for place in range(one.row, one.row_end):
            if one not in chosen and place not in repeated:
                row = within[place]
                letter.kinds[row.place], letter.quoted[row.place] = Kind.QUOTE, True


def _fold_announcement(letter: Letter, region: Region) -> None:
    """What announces a quotation is folded with it; above words that are not ours it may be the writer's."""
    if not region.rows or any(letter.quoted[row.place] for row in region.rows):
        letter.announced.update(region.announced)
        for place in region.announced:
            letter.kinds[place] = Kind.QUOTE


def _follow(letter: Letter, lines: Lines) -> None:
    """Lines of nothing but marks go with the line above, at the top of a quotation with the one below."""
    for place, (bare, depth) in enumerate(zip(lines.bare, lines.depth, strict=True)):
        if depth and not bare.strip():
            above = letter.kinds[place - 1] if place and letter.lines[place - 1].strip() else Kind.OWN
            below = lines.next_written(place)
            alike = above if above is not Kind.OWN or below == len(lines.bare) else letter.kinds[below]
            letter.kinds[place] = alike
            letter.quoted[place] = alike is not Kind.OWN
