"""A line of the trail as a sentence: `_acts.html` has one for every act, and says where the names go."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from messaging.ids import SYSTEM
from messaging.trail.accounting import Told
from messaging.trust.noted import Door
from web.pages.parts.rendering import environment

PLACES: Final = re.compile(r"\{(who|whose|word)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; a name is kept apart from the words around it, whatever its script."""

    text: str = field(repr=False)
    named: bool = False


def said(told: Told) -> tuple[Part, ...]:
    """What happened, in plain words."""
    sentence = str(words().acts[str(told.act)] if told.act is not None else words().told["unknown"])
    found: list[Part] = []
    for turn, piece in enumerate(PLACES.split(sentence)):
        found += _filled(told, piece, first=turn == 1 and not found) if turn % 2 else _plain(piece)
    return tuple(found)


def plain(told: Told) -> str:
    """The same as one text."""
    return "".join(part.text for part in said(told))


def who_of(told: Told) -> str:
    """Who did it, alone."""
    return _filled(told, "who", first=True)[0].text


def whose_of(told: Told) -> str:
    """Whose record it was, alone; empty where it was nobody's."""
    return "".join(part.text for part in _filled(told, "whose", first=True)) if told.whose else ""


def _plain(piece: str) -> list[Part]:
    return [Part(piece)] if piece else []


def _filled(told: Told, place: str, *, first: bool) -> list[Part]:
    match place:
        case "who":
            if told.who is not None:
                return [Part(told.who.name, named=True)]
            nobody = str(words().told[_nobody(told)])
            return [Part(nobody[:1].upper() + nobody[1:] if first else nobody)]
        case "whose":
            if not told.whose:
                return [Part(str(words().told["gone"]))]
            joined: list[Part] = []
            for one in told.whose:
                joined += [Part(f" {words().told['and']} ")] if joined else []
                joined.append(Part(one.name, named=True))
            return joined
        case _:
            return [Part(told.word)]


def _nobody(told: Told) -> str:
    """Before doors were kept, an act of the operator's was one with a reason."""
    if told.actor != SYSTEM:
        return "gone"
    return "operator" if told.door is Door.TERMINAL or told.reason else "server"


@cache  # bound: one
def words() -> Any:
    """The tables of sentences."""
    return environment().get_template("admin/_acts.html").module
