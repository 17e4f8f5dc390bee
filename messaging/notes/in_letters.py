"""Whether a sentence of a note stands in a letter: its writer is asked before it goes, for a note is not for who reads it.

Compared, in memory, are the notes about this conversation that the writer may read, with the writer's own lines of the
letter: what it quotes its reader knows. What was compared is kept nowhere and written to no log.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.letters.others_named import folded
from messaging.letters.second_look import own_lines
from messaging.notes.note import PAGE, Note, must_note
from messaging.notes.own_key import own_key
from messaging.notes.process import opened_own
from messaging.notes.progress import opened
from messaging.office import Office
from messaging.trust.access import Pass
from messaging.trust.noted import Noted

FEWEST: Final = 6
"""Words of a sentence that counts: fewer are anybody's."""
COMPARED: Final = 500
"""Notes of each kind, the newest: what is older is not what one has just written."""
MOST: Final = 5
"""Sentences that are named: one is enough to look again."""
_END: Final = re.compile("[.!?\u2026\u061f\u3002\uff01\uff1f]+|\n+")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A sentence as the note has it. `own`: of a process note, which nobody but the writer knows."""

    sentence: str = field(repr=False)
    own: bool


async def borrowed_from_notes(office: Office, held: Pass, letter: str) -> tuple[Borrowed, ...]:
    """What stands in the letter and in a note, each sentence once. Raises NotFound, Busy."""
    must_note(held)
    said = _Said(own_lines(letter))
    found: dict[str, Borrowed] = {}
    async for note, own in _notes(office, held):
        for sentence in said.of(note.text):
            found.setdefault(sentence, Borrowed(sentence, own))
        await office.breathe()
        if len(found) >= MOST:
            break
    return tuple(found.values())[:MOST]


class _Said:
    """The words of a letter, one after the other."""

    def __init__(self, text: str) -> None:
        self._words = _words(text)
        self._text = f" {' '.join(self._words)} "
        self._runs = {tuple(self._words[at : at + FEWEST]) for at in range(len(self._words) - FEWEST + 1)}

    def of(self, note: str) -> list[str]:
        """Sentences of a note that stand here, whatever is between their words but words."""
        found = []
        for sentence in _END.split(note) if self._runs else ():
            words = _words(sentence)
            if len(words) < FEWEST or tuple(words[:FEWEST]) not in self._runs:
                continue
            if f" {' '.join(words)} " in self._text:
                found.append(" ".join(sentence.split()))
        return found


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text))


async def _notes(office: Office, held: Pass) -> AsyncIterator[tuple[Note, bool]]:
    async for one in _progress(office, held):
        yield one, False
    if held.covers:
        return  # none of theirs are kept where they only stand in
    async for one in _own(office, held):
        yield one, True


async def _progress(office: Office, held: Pass) -> AsyncIterator[Note]:
    before: UUID | None = None
    for _ in range(COMPARED // PAGE):
        page = await office.memory.progress_notes.page(held, before, PAGE)
        if not page:
            return
        key = await office.keyring.key(held.practice, held.conversation)
        for one in page:
            yield opened(held.practice, key, one)
        before = page[-1].id


async def _own(office: Office, held: Pass) -> AsyncIterator[Note]:
    before: UUID | None = None
    for _ in range(COMPARED // PAGE):
        page = await office.memory.process_notes.page(held, before, PAGE)
        if not page:
            return
        if before is None:
            await office.memory.trail.note(
                held.practice, office.clock(), held.person, Noted.OWN_NOTES_USED, None
            )
        key = await own_key(office, held)
        for one in page:
            yield opened_own(held.practice, key, one)
        before = page[-1].id
