"""Letters that were read before, for a reader that may read better now. The record is append-only, so what was delivered
stays as it was said; only what is held may still become something else.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Final

from messaging.arriving.arrival import Reading
from messaging.arriving.before import RECENT, Before
from messaging.ids import ConversationId, OriginalId, PracticeId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.messages import LETTER_LIMIT, Body, Entry
from messaging.office import Office
from messaging.record.reading import open_entries
from messaging.trust.access import Work, errand

PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Delivered:
    """A letter in the record: as it stands there, and what had been written when it came."""

    original: OriginalId
    body: Body = field(repr=False)
    before: Before

    def would_read(self, reading: Reading) -> bool:
        """Whether the record says what this reading says."""
        shown, rest = reading.text[:LETTER_LIMIT], reading.text[LETTER_LIMIT:]
        return (shown, (rest + reading.folded) or None) == (self.body.text, self.body.folded)


async def held_originals(
    office: Office, practice: PracticeId, conversation: ConversationId | None
) -> AsyncIterator[StoredOriginal]:
    """Those of one conversation, or all of a practice, as they stand at the moment each is looked at."""
    mailbox = office.memory.mailbox
    for name in await mailbox.originals_standing(practice, OriginalState.HELD, conversation):
        found = await mailbox.original(practice, name)
        if found is not None and found.state is OriginalState.HELD:
            # However often it was tried before, this is asked for.
            yield replace(found, attempts=0)


async def standing_of(office: Office, practice: PracticeId, conversation: ConversationId) -> set[OriginalId]:
    """Kept letters of a conversation, whatever became of them. Raises Busy."""
    mailbox = office.memory.mailbox
    found = [await mailbox.originals_standing(practice, state, conversation) for state in OriginalState]
    return {one for each in found for one in each}


async def held_unread(
    office: Office, mark: bytes, at_most: int
) -> AsyncIterator[tuple[PracticeId, OriginalId, StoredOriginal | None]]:
    """Letters held because they could not be read, which the reader with this `mark` (a keyed hash) has not tried.

    At most so many of each practice. None: it is not held any more. Who took one up says so with `note_read`.
    """
    for practice in await office.memory.directory.practices():
        for name in await office.memory.mailbox.unread_by(practice, mark, at_most):
            found = await office.memory.mailbox.original(practice, name)
            held = found is not None and found.state is OriginalState.HELD
            yield practice, name, found if held else None


async def note_read(office: Office, practice: PracticeId, original: OriginalId, mark: bytes) -> None:
    """The reader with this `mark` has tried it."""
    await office.memory.mailbox.note_read_by(practice, original, mark)


async def delivered_letters(
    office: Office, practice: PracticeId, conversation: ConversationId
) -> AsyncIterator[Delivered]:
    """The letters by mail of one conversation, in order, with the first words of each."""
    letters: list[Entry] = []
    number, way = 0, errand(practice, conversation, Work.RECEIVING)
    ours = await office.memory.people.practice(practice)
    while stored := await office.memory.threads.after(way, number, PAGE):
        number = stored[-1].number
        for entry in await open_entries(office, practice, [replace(one, amendments=()) for one in stored]):
            if not entry.is_letter:
                continue
            if entry.body.original is not None:
                yield Delivered(entry.body.original, entry.body, Before.of(letters, entry.author, ours))
            letters = [*letters[1 - 2 * RECENT :], entry]
