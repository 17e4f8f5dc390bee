"""Process notes: their author's alone, sealed under the author's own key.

Nobody else reads them: no colleague, no cover, no administrator, no client; they are in nobody else's search, export or
release. The trail says that somebody used notes of their own, and never about whom. They are no part of the record: changed
words are gone, and what is thrown away is gone; but nothing goes while a legal hold keeps the conversation.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final
from uuid import UUID

from messaging.errors import Conflict, Crossed, KeyReused, NotFound
from messaging.ids import PracticeId
from messaging.memory.ending import Erasable, Erasing
from messaging.memory.notes import StoredProcess
from messaging.messages import NO_BODY, checked_text
from messaging.notes.note import (
    NOTE_LIMIT,
    PAGE,
    UNREAD,
    Changed,
    Note,
    Written,
    inside_of,
    must_have_room,
    must_note,
    note_id,
)
from messaging.notes.own_key import own_key, own_key_made
from messaging.notes.progress import OVERTAKEN, REUSED
from messaging.notes.sealed import Inside, process_place
from messaging.office import Office
from messaging.trust.access import Pass, must_be_own
from messaging.trust.alarms import Alarm, ring
from messaging.trust.encryption import CannotOpen, DataKey
from messaging.trust.noted import Noted

HELD: Final = "A legal hold keeps what is written here. You can add a note; nothing is changed or thrown away until it ends."


def must_keep_own(held: Pass) -> None:
    """A pass for notes, of who belongs to it for good: who stands in writes no notes of their own. Raises NotFound."""
    must_note(held)
    must_be_own(held)


async def write_own(office: Office, held: Pass, written: Written) -> tuple[Note, bool]:
    """Keeps a note for its author; whether it is new. Raises NotFound, Malformed, TooLong, KeyReused, Busy."""
    must_keep_own(held)
    must_have_room(office)
    inside = await inside_of(office, held, written)
    await _note_use(office, held)
    first = Note(
        note_id(held, written.key),
        held.conversation,
        held.person,
        office.clock(),
        inside.text,
        session=inside.session,
    )
    if await office.memory.process_notes.add(held, await _sealed(office, held, first)):
        return first, True
    known = await _find(office, held, first.id)
    if (known.text, known.session) != (inside.text, inside.session):
        raise KeyReused(REUSED)
    return known, False


async def change_own(office: Office, held: Pass, note: UUID, changed: Changed) -> Note:
    """Other words in the place of the first, which are gone. Raises NotFound, Malformed, Conflict, Busy."""
    must_keep_own(held)
    must_have_room(office)
    text = checked_text(changed.text, NOTE_LIMIT)
    await _note_use(office, held)
    stood = await _find(office, held, note)
    if stood.text == text:
        return stood
    if changed.version is not None and changed.version != stood.version:
        raise Crossed(OVERTAKEN)
    await _must_not_be_held(office, held)
    following = replace(stood, text=text, version=stood.version + 1, changed_at=office.clock())
    if not await office.memory.process_notes.replace(held, await _sealed(office, held, following)):
        raise Crossed(OVERTAKEN)
    return following


async def throw_away(office: Office, held: Pass, note: UUID) -> None:
    """It is gone. Raises NotFound, Conflict, Busy."""
    must_keep_own(held)
    await _note_use(office, held)
    await _find(office, held, note)
    await _must_not_be_held(office, held)
    await office.memory.process_notes.remove(held, note)


async def own_notes(office: Office, held: Pass, before: UUID | None = None) -> list[Note]:
    """The holder's newest, at most a page. Raises Busy."""
    must_keep_own(held)
    await _note_use(office, held)
    return await _page(office, held, before)


async def own_note(office: Office, held: Pass, note: UUID) -> Note:
    """One of the holder's. Raises NotFound, Busy."""
    must_keep_own(held)
    await _note_use(office, held)
    return await _find(office, held, note)


async def whole_own(office: Office, held: Pass) -> AsyncIterator[Note]:
    """All of the holder's, the newest first: for a file of their own that they ticked them for. Raises Busy."""
    before: UUID | None = None
    while page := await _page(office, held, before):  # bound: the notes there are
        for one in page:
            yield one
        before = page[-1].id
        await office.breathe()


def opened_own(practice: PracticeId, key: DataKey, stored: StoredProcess) -> Note:
    """One that does not open is shown as such."""
    try:
        inside = Inside.decoded(key.open(process_place(practice, stored), stored.sealed))
    except (CannotOpen, *NO_BODY):
        ring(Alarm.NOTE, stored.id)
        inside = Inside(UNREAD)
    return Note(
        id=stored.id,
        conversation=stored.conversation,
        author=stored.author,
        at=stored.made_at,
        text=inside.text,
        version=stored.revision,
        changed_at=stored.at if stored.revision > 1 else None,
        session=inside.session,
    )


async def _sealed(office: Office, held: Pass, note: Note) -> StoredProcess:
    key = await own_key_made(office, held)
    stored = StoredProcess(
        conversation=held.conversation,
        id=note.id,
        author=held.person,
        revision=note.version,
        made_at=note.at,
        at=note.changed_at or note.at,
        sealed=b"",
    )
    inside = Inside(note.text, note.session).encoded()
    return replace(stored, sealed=office.keyring.seal(key, process_place(held.practice, stored), inside))


async def _page(office: Office, held: Pass, before: UUID | None) -> list[Note]:
    stored = await office.memory.process_notes.page(held, before, PAGE)
    key = await own_key(office, held) if stored else None
    return [] if key is None else [opened_own(held.practice, key, one) for one in stored]


async def _find(office: Office, held: Pass, note: UUID) -> Note:
    stored = await office.memory.process_notes.find(held, note)
    if stored is None:
        raise NotFound
    return opened_own(held.practice, await own_key(office, held), stored)


async def _note_use(office: Office, held: Pass) -> None:
    await office.memory.trail.note(held.practice, office.clock(), held.person, Noted.OWN_NOTES_USED, None)


async def _must_not_be_held(office: Office, held: Pass) -> None:
    what = Erasing(Erasable.CONVERSATION, held.practice, held.conversation, office.clock())
    if await office.memory.endings.held(what) is not None:
        raise Conflict(HELD)
