"""A letter that greets or names another client of its writer's: before it goes its writer is asked whether it is theirs.

Compared are the names of all who are in the writer's care with the words of the letter, without marks and case. In doubt
it asks: a question too many is a press of a key, a letter to the wrong person cannot be taken back. What was compared is
kept nowhere and written to no log.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from messaging.conversations import Circle
from messaging.errors import Conflict
from messaging.ids import PersonId
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import FORMER, UNNAMED, people_named

SOME: Final = 100
"""Names opened at a time, after which others have their turn: a caseload of a thousand costs the loop 2 ms in one piece."""
GREETING: Final = 80
"""Characters of the first line in which whoever is named is greeted, however it is spelled."""
TITLES: Final = frozenset({"dr", "prof", "mr", "mrs", "ms", "mx", "herr", "frau", "and", "und"})
_WORD: Final = re.compile(r"[^\W\d_]+")


class NamesOthers(Conflict):
    """A letter names other clients of its writer's, who is asked whether it goes to whom they mean."""

    code = "names_others"
    words = "This letter names another client of yours. It was not sent yet."

    def __init__(self, named: Mapping[PersonId, str]) -> None:
        super().__init__()
        self.named = named
        """By what they are called. Never in the text: that may be written to a log."""


async def ask_about_others(
    office: Office, writer: Person, circle: Circle, text: str, sure: Collection[PersonId]
) -> None:
    """Raises NamesOthers where clients are named whom its writer has not said to mean. Raises Busy."""
    mine = await office.memory.people.own_clients(writer.practice, writer.id)
    others = sorted(mine - circle.people.keys())
    if not others:
        return
    said = Said(text, without=(one.name for one in circle.people.values()))
    found: dict[PersonId, str] = {}
    for start in range(0, len(others), SOME):
        people = await people_named(office, writer.practice, others[start : start + SOME])
        found |= {one.id: one.name for one in people.values() if said.names(one.name)}
        await office.breathe()
    if not found.keys() <= set(sure):
        raise NamesOthers(
            found
        )  # with those who were asked about: what is said of one page is said of all of them


class Said:
    """The words of a letter by which somebody can be called. `without`: names of those who may be named in it."""

    def __init__(self, text: str, without: Iterable[str] = ()) -> None:
        words = set(_WORD.findall(unicodedata.normalize("NFC", text)))
        told = any(word[:1].isupper() for word in words)
        greeting = text.strip().split("\n", 1)[0][:GREETING]
        greeted = set(_WORD.findall(unicodedata.normalize("NFC", greeting)))
        # In the midst of a letter "hope" is a hope and "Hope" may be somebody; who writes all in small letters names so.
        named = {word for word in words if word[:1].isupper() or not told} | greeted
        self._words = {folded(word) for word in named}
        self._whole = folded(text)
        self._without = {part for name in without for part in parts_of(name)}

    def names(self, name: str) -> bool:
        """Whether somebody of this name is called by any part of it that nobody else here bears."""
        if name in (FORMER, UNNAMED):
            return False
        return any(self._calls(part) for part in parts_of(name) - self._without)

    def _calls(self, part: str) -> bool:
        if part.upper() == part.lower():
            # A script without case may have no blanks either, and joins what we write apart: anywhere is enough.
            return part in self._whole
        return part in self._words or f"{part}s" in self._words


def parts_of(name: str) -> set[str]:
    """What somebody may be called by: the words of a name but titles and initials, folded."""
    parts = {folded(word) for word in _WORD.findall(unicodedata.normalize("NFC", name))}
    return {part for part in parts - TITLES if len(part) > 1 or part.upper() == part.lower()}


def folded(text: str) -> str:
    """Without marks and case: Zoë and zoe are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
