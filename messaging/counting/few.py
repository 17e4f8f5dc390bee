"""No figure stands for fewer than five people, and none can be had by taking shown figures from each other.

The rule of statistical offices (a threshold on contributors, with complementary suppression: Hundepool et al., Statistical
Disclosure Control, 2012), for a whole and its parts: whoever knows the whole and all parts but one knows that one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from messaging.ids import PersonId

FEWEST: Final = 5
"""People for whom a figure stands at least."""

By = Mapping[PersonId, int]
"""A figure by whom it comes from: how much of it is whose."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A whole and its parts as they may be shown; None: it would stand for too few. Nothing at all is 0."""

    whole: int | None
    parts: Mapping[str, int | None]


def may_be_shown(parts: Mapping[str, By]) -> Figures:
    """What of these parts, and of their sum, may be shown together.

    A part of too few is hidden; and as long as the hidden ones together are of too few, so that the difference between the
    whole and what is shown would stand for them, the part of the fewest people is hidden with them.
    """
    people = {name: _people([by]) for name, by in parts.items()}
    everybody = _people(parts.values())
    if not everybody:
        return Figures(0, dict.fromkeys(parts, 0))
    if is_few(len(everybody)):
        return Figures(None, dict.fromkeys(parts, None))
    hidden = {name for name, some in people.items() if some and is_few(len(some))}
    while hidden and is_few(
        len(_people(parts[name] for name in hidden))
    ):  # bound: the parts; each turn hides one more
        hidden.add(
            min(
                (name for name in parts if people[name] and name not in hidden),
                key=lambda name: len(people[name]),
            )
        )
    shown = {name: None if name in hidden else sum(by.values()) for name, by in parts.items()}
    return Figures(sum(sum(by.values()) for by in parts.values()), shown)


def is_few(people: int) -> bool:
    """Whether a figure that stands for so many would stand for too few."""
    return people < FEWEST


def _people(parts: Iterable[By]) -> frozenset[PersonId]:
    return frozenset(who for by in parts for who, much in by.items() if much)
