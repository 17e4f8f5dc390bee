"""What one looks for in a letter before it goes: places left to be filled in, and questions. Counted, never judged."""

import re
from typing import Final

MOST: Final = 20
"""Places left that are named: who has left more has not written yet."""
_BLANK: Final = re.compile(
    r"_{3,80}|\{\{[^{}\n]{0,60}\}\}|\bX{3,20}\b|\bT[O]DO\b|\[[^\[\]\n]{1,60}\]|<[^<>\n]{1,30}>"
)
_QUESTION: Final = re.compile(r"[?\u061f\uff1f]+")
_TO_FILL: Final = frozenset(
    {
        *(
            "name",
            "first name",
            "their name",
            "client",
            "client name",
            "date",
            "day",
            "time",
            "place",
            "number",
        ),
        *("vorname", "nachname", "klient", "klientin", "datum", "tag", "uhrzeit", "ort", "zahl"),
        *("...", "\u2026", "?", "??", "???", "xx", "tbd", "insert", "fill in"),
    }
)
"""What stands in brackets to be filled in. Everything else there is a tone of voice: [a long breath]."""


def places_left(text: str) -> tuple[str, ...]:
    """What looks like a place that was left to be filled in, each once, in order."""
    found = (one[0] for one in _BLANK.finditer(text) if one[0][0] not in "[<" or _is_to_fill(one[0]))
    return tuple(dict.fromkeys(found))[:MOST]


def _is_to_fill(bracketed: str) -> bool:
    inside = " ".join(bracketed[1:-1].casefold().split())
    return inside in _TO_FILL


def questions(text: str) -> int:
    """How many sentences ask."""
    return sum(1 for _ in _QUESTION.finditer(text))


def own_lines(text: str) -> str:
    """A letter without what it quotes."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">"))
