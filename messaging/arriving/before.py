"""What was written before a letter came: what it may quote, and what of it is known already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from messaging.fact_forms import Quoted, quoted_text
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.messages import Entry
from messaging.office import Office
from messaging.people import Practice
from messaging.record.reading import open_entries
from messaging.trust.access import Work, errand

RECENT: Final = 30
"""Letters of ours, and of the writer's, that are looked for in a quotation."""
LOOKED_THROUGH: Final = 600
"""Entries among which those letters are sought: a live session between two of them may have some hundreds."""
PAGE: Final = 100
"""Entries read at once."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was written before a letter: by others (`ours`), and by its writer. `named`: which letter each of ours is."""

    ours: tuple[str, ...] = field(default=(), repr=False)
    theirs: tuple[str, ...] = field(default=(), repr=False)
    named: tuple[str, ...] = ()
    us: tuple[str, ...] = ()
    """The names our mail goes under."""

    @classmethod
    def of(cls, letters: Sequence[Entry], writer: PersonId | None, practice: Practice | None) -> "Before":
        """From letters in order. A letter of the writer's counts with what was folded of it."""
        ours = [one for one in letters if one.author != writer][-RECENT:]
        theirs = [one for one in letters if one.author == writer][-RECENT:]
        return cls(
            tuple(one.body.text for one in ours),
            tuple(f"{one.body.text}\n{one.body.folded or ''}" for one in theirs),
            tuple(quoted_name(one) for one in ours),
            (practice.name,) if practice else (),
        )


def quoted_name(letter: Entry) -> str:
    """What is kept of a letter that is quoted: its number, its author and its time."""
    return quoted_text(Quoted(letter.number, letter.author, letter.at))


async def letters_before(
    office: Office, practice: PracticeId, conversation: ConversationId, last: int
) -> list[Entry]:
    """The last letters, in order: as many of ours as may be quoted, or those of so many entries."""
    found: list[Entry] = []
    above, way = last + 1, errand(practice, conversation, Work.RECEIVING)
    for _ in range(LOOKED_THROUGH // PAGE):
        stored = await office.memory.threads.before(way, above, PAGE)
        entries = await open_entries(office, practice, stored)
        found = [*(one for one in entries if one.is_letter), *found]
        if not stored or len(found) >= 2 * RECENT:
            break
        above = min(one.number for one in stored)
    return found
