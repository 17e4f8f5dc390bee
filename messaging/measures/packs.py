"""A pack, checked: a measure comes into the house as data, whole and free of contradictions, or not at all."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from messaging.measures.measure import ENGLISH, Measure, Said

NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
ITEMS: Final = 100
"""Of one instrument: more are a test of their own, for another house."""
OPTIONS: Final = 11


class BadPack(ValueError):
    """What is wrong with a pack, in one line."""


def checked_pack(measure: Measure) -> Measure:
    """The measure of a pack, whole and free of contradictions. Raises BadPack with the reason."""
    _check_names(measure)
    _check_texts(measure)
    _check_scoring(measure)
    _check_bands(measure)
    return measure


def _check_names(measure: Measure) -> None:
    if not NAME.match(measure.name) or len(measure.name) > 40:
        raise BadPack("its name is of small letters, digits and hyphens, as in phq-9")
    if not 1 <= len(measure.items) <= ITEMS:
        raise BadPack(f"it has from 1 to {ITEMS} items" if measure.items else "its items are missing")
    if not 2 <= len(measure.options) <= OPTIONS:
        raise BadPack(f"it has from 2 to {OPTIONS} options")
    if not measure.bands:
        raise BadPack("its bands are missing")
    if not measure.source.strip():
        raise BadPack("it does not say where it was published")
    for what, names in (
        ("item", [one.id for one in measure.items]),
        ("option", [one.value for one in measure.options]),
        ("band", [one.name for one in measure.bands]),
    ):
        twice = _twice(names)
        if twice is not None:
            raise BadPack(f"{what} {twice} stands twice")
    if any(not one.id.strip() or len(one.id) > 40 for one in measure.items):
        raise BadPack("an item has no id, or a long one")


def _twice(names: Sequence[Any]) -> Any:
    return next((one for place, one in enumerate(names) if one in names[:place]), None)


def _check_texts(measure: Measure) -> None:
    """Whoever is asked in a language reads all of it in that language."""
    texts: list[tuple[str, Said]] = [
        ("its title", measure.title),
        ("its introduction", measure.intro),
        ("its licence line", measure.licence),
        *((f"item {one.id}", one.text) for one in measure.items),
        *((f"option {one.value}", one.text) for one in measure.options),
        *((f"band {one.name}", one.text) for one in measure.bands),
    ]
    for what, said in texts:
        if not said.get(ENGLISH, "").strip():
            raise BadPack(f"{what} has no English text")
        lacking = sorted(
            one
            for one in measure.title.keys() | said.keys()
            if not (measure.title.get(one) and said.get(one))
        )
        if lacking:
            raise BadPack(f"{what} and its title are not in the same languages: {', '.join(lacking)}")


def _check_scoring(measure: Measure) -> None:
    if measure.times < 1:
        raise BadPack("its sum is taken a whole number of times")
    if not 0 <= measure.may_lack < len(measure.items):
        raise BadPack("more items may lack than it has")
    known = {one.id for one in measure.items}
    values = [one.value for one in measure.options]
    for one in measure.alerts:
        if one.item not in known:
            raise BadPack(f"an alert names item {one.item}, which is missing")
        if not min(values) < one.at_least <= max(values):
            raise BadPack(f"the alert of item {one.item} begins at none of its values, or at every one")
    if measure.reliable is not None:
        if measure.reliable.points < 1:
            raise BadPack("a reliable change is of 1 point or more")
        if not measure.reliable.source.strip():
            raise BadPack("its reliable change names no source")


def _check_bands(measure: Measure) -> None:
    """Each possible score lies in one band and no other."""
    bands = measure.bands
    for one in bands:
        if one.first > one.last:
            raise BadPack(f"band {one.name} ends before it begins")
    for before, after in pairwise(bands):
        if after.first <= before.last:
            raise BadPack(f"bands {before.name} and {after.name} overlap, or are not in order")
        if after.first != before.last + 1:
            raise BadPack(f"between bands {before.name} and {after.name} scores are in no band")
    if (bands[0].first, bands[-1].last) != (measure.lowest, measure.highest):
        raise BadPack(
            f"its scores go from {measure.lowest} to {measure.highest}, "
            f"its bands from {bands[0].first} to {bands[-1].last}"
        )
