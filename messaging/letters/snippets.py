"""Snippets: short texts of a clinician's own, put into letters by hand. They are sealed under their writer's own key.

Nobody else has them: no colleague, no administrator, no export. What of a letter comes from one its writer sees, where it
is written and at a second look, and nobody after it has gone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import PracticeId
from messaging.memory.snippets import StoredSnippet
from messaging.messages import NO_BODY, checked_text
from messaging.office import Office
from messaging.people import Person
from messaging.trust.alarms import Alarm, ring
from messaging.trust.encryption import CannotOpen, DataKey, Place

SNIPPET: Final = "snippets.sealed"
MOST: Final = 40
"""Of one person: what one finds again in a list."""
NAME_LIMIT: Final = 80
TEXT_LIMIT: Final = 2_000
"""Characters: some paragraphs. What is longer is a letter."""
FULL: Final = f"You have {MOST} snippets. Please throw one away before you add another."
TOLD: Final = 3
"""Words of a line from which on it counts as the snippet's: fewer are anybody's."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A short text by a name."""

    id: UUID
    name: str = field(repr=False)
    text: str = field(repr=False)


async def snippets_of(office: Office, person: Person) -> list[Snippet]:
    """One's own, by name. Raises NotFound, Busy."""
    _must_care(person)
    kept = await office.memory.snippets.of(person.practice, person.id)
    if not kept:
        return []
    key = await office.keyring.key(person.practice, person.id)
    found = [_opened(person, key, one) for one in kept]
    return sorted((one for one in found if one), key=lambda one: (one.name.casefold(), one.id))


async def keep_snippet(office: Office, person: Person, snippet: UUID, name: object, text: object) -> Snippet:
    """A new one, or other words for one of theirs. Raises NotFound, Malformed, TooLong, Conflict, Busy."""
    _must_care(person)
    if not isinstance(name, str) or not name.strip() or len(name.strip()) > NAME_LIMIT:
        raise Malformed(f"A snippet needs a name of at most {NAME_LIMIT} characters.")
    made = Snippet(snippet, " ".join(name.split()), checked_text(text, TEXT_LIMIT))
    key = await office.keyring.key(person.practice, person.id)
    inside = json.dumps({"n": made.name, "t": made.text}, ensure_ascii=False).encode()
    sealed = office.keyring.seal(key, _place(person.practice, person, snippet), inside)
    stored = StoredSnippet(snippet, office.clock(), sealed)
    if not await office.memory.snippets.keep(person.practice, person.id, stored, MOST):
        raise Conflict(FULL)
    return made


async def throw_snippet_away(office: Office, person: Person, snippet: UUID) -> None:
    """It is gone; letters it was put into stay as they are. Raises NotFound, Busy."""
    _must_care(person)
    await office.memory.snippets.remove(person.practice, person.id, snippet)


def from_snippets(text: str, snippets: Sequence[Snippet]) -> tuple[str, ...]:
    """The names of those of which a line stands in the text, as the snippet has it."""
    lines = {" ".join(line.split()) for line in text.split("\n")}
    return tuple(one.name for one in snippets if lines & _lines(one.text))


def _lines(text: str) -> set[str]:
    found = (" ".join(line.split()) for line in text.split("\n"))
    return {line for line in found if line.count(" ") >= TOLD - 1}


def _opened(person: Person, key: DataKey, stored: StoredSnippet) -> Snippet | None:
    """None where it does not open: the others must not disappear with it."""
    try:
        inside = json.loads(key.open(_place(person.practice, person, stored.id), stored.sealed))
        return Snippet(stored.id, inside["n"], inside["t"])
    except (CannotOpen, *NO_BODY):
        ring(Alarm.NOTE, stored.id)
        return None


def _place(practice: PracticeId, person: Person, snippet: UUID) -> Place:
    return Place(SNIPPET, practice, person.id, snippet)


def _must_care(person: Person) -> None:
    if not person.role.is_clinician:
        raise NotFound
