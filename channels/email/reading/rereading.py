"""Reading again what was read before, when the reader has become better (`quietline mail reparse`).

Held letters are decided anew, by the same table and the same rules; delivered ones are only compared. What was held because
it could not be read is read again by itself, once by each version of the program.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

from channels.email.reading.as_read import as_reading
from channels.email.reading.reader import Reader
from channels.email.terms import MailIn
from channels.email.workers.parse_worker import Read
from channels.email.workers.reading_room import ReadersAway, ReadingRoom, Unread
from messaging.arriving.originals import open_original, original_named
from messaging.arriving.receiving import standing
from messaging.arriving.rereading import Delivered, delivered_letters, held_originals, held_unread, note_read
from messaging.errors import Busy
from messaging.faults import located
from messaging.ids import ConversationId, OriginalId, PracticeId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.office import Office
from messaging.trust.encryption import CannotOpen

log = logging.getLogger(__name__)

AT_MOST: Final = 500
"""Letters of a practice read again after a start; the others after the next."""
PATIENCE: Final = 30.0
"""Seconds between looks whether letters can be read here, and the database be reached."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of one letter. `same`: the record says what would be read today; None: it could not be read."""

    original: OriginalId
    was: OriginalState
    now: OriginalState
    same: bool | None


class Rereader:
    """Reads again, in a room of its own."""

    def __init__(self, office: Office, terms: MailIn, room: ReadingRoom) -> None:
        self._office, self._room = office, room
        self._reader = Reader(office, terms, room)

    async def held(
        self, practice: PracticeId, conversation: ConversationId | None = None
    ) -> AsyncIterator[Reread]:
        """Held letters, read and decided anew. What a clinician decides meanwhile stands. Raises Busy."""
        async for original in held_originals(self._office, practice, conversation):
            try:
                now = await self._reader.read(original)
            except (Unread, ReadersAway):
                yield Reread(original.id, original.state, original.state, None)
            except Busy:
                now = await self._decided(original)
                yield Reread(original.id, original.state, now, same=False)
            else:
                yield Reread(original.id, original.state, now, now is original.state)

    async def _decided(self, original: StoredOriginal) -> OriginalState:
        """What somebody else made of it while it was read. Raises Busy where it stands as before."""
        found = await original_named(self._office, original.practice, original.id)
        if found is None or found.state is original.state:
            raise Busy
        return found.state

    async def delivered(self, practice: PracticeId, conversation: ConversationId) -> AsyncIterator[Reread]:
        """Letters in the record, compared with what would be read today; nothing is changed. Raises Busy."""
        async for letter in delivered_letters(self._office, practice, conversation):
            state = OriginalState.DELIVERED
            yield Reread(letter.original, state, state, await self._same(practice, letter))

    async def _same(self, practice: PracticeId, letter: Delivered) -> bool | None:
        original = await original_named(self._office, practice, letter.original)
        if original is None:
            return None
        try:
            arrival, raw = await open_original(self._office, original)
            before = letter.before
            told = await self._room.read(Read(raw, before.ours, earlier=before.theirs, us=before.us))
            opened = await self._reader.opened(await standing(self._office, original), told, before)
        except (CannotOpen, Unread, ReadersAway):
            return None
        return letter.would_read(as_reading(opened.told, arrival.recipient, opened))


async def reading_again(office: Office, terms: MailIn, room: ReadingRoom, version: str) -> None:
    """As `read_again`, for who only keeps it going."""
    await read_again(office, terms, room, version)


async def read_again(office: Office, terms: MailIn, room: ReadingRoom, version: str) -> int:
    """What is held as unreadable, once by each version of the program; how many are not any more. Returns when done."""
    reader, mark = Reader(office, terms, room), office.installation.lookup("reread", version)
    while True:  # bound: until it is done; each turn but the last waits PATIENCE
        try:
            return await _read_again(office, reader, mark)
        except (Busy, ReadersAway):  # trouble of ours: they wait
            await asyncio.sleep(PATIENCE)


async def _read_again(office: Office, reader: Reader, mark: bytes) -> int:
    mended = 0
    async for practice, name, held in held_unread(office, mark, AT_MOST):
        if held is not None:
            mended += await _is_read(reader, held)
        await note_read(office, practice, name, mark)
    return mended


async def _is_read(reader: Reader, held: StoredOriginal) -> bool:
    try:
        return await reader.read(replace(held, attempts=0)) is not OriginalState.HELD
    except Unread:
        return False
    except (Busy, ReadersAway):
        raise
    except Exception as fault:  # one that trips a fault of ours stays held, and the others are read
        log.error("letter not read again", extra={"original": str(held.id), **located(fault)})
        return False
