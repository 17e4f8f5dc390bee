"""Progress notes: part of the record, read by the conversation's clinicians, sealed under its key.

A note is amended and never overwritten: each version stays, with who and when (as § 630f Abs. 1 BGB has it). Who wrote one
amends it or takes it out of the record; a colleague writes one of their own. What was taken out leaves a line, and its
earlier versions, as a message does that was withdrawn: both go with the record and not before.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from messaging.errors import Crossed, KeyReused, NotFound, TooLate
from messaging.ids import PracticeId
from messaging.memory.notes import StoredProgress
from messaging.messages import NO_BODY, checked_text
from messaging.notes.note import (
    NOTE_LIMIT,
    PAGE,
    UNREAD,
    VERSIONS,
    Changed,
    Note,
    Written,
    inside_of,
    must_have_room,
    must_note,
    note_id,
)
from messaging.notes.sealed import Inside, progress_place
from messaging.office import Office
from messaging.record.reading import note_opening
from messaging.trust.access import Pass, Way
from messaging.trust.alarms import Alarm, ring
from messaging.trust.encryption import CannotOpen, DataKey
from messaging.trust.noted import Noted

OVERTAKEN: Final = "This note was changed meanwhile. Please read it, and put in yours if it still fits."
OFTEN: Final = "This note has been changed very often. Please write a new one."
REUSED: Final = "This key belongs to another note. The first one stands."


async def write_note(office: Office, held: Pass, written: Written) -> tuple[Note, bool]:
    """Puts a note in the record; whether it is new. Raises NotFound, Malformed, TooLong, KeyReused, Busy."""
    must_note(held)
    must_have_room(office)
    inside = await inside_of(office, held, written)
    named = note_id(held, written.key)
    known = await _versions(office, held, named)
    if not known:
        now = office.clock()
        await office.memory.trail.note(held.practice, now, held.person, Noted.NOTE_WRITTEN, held.conversation)
        first = Note(named, held.conversation, held.person, now, inside.text, session=inside.session)
        if await _add(office, held, first):
            return first, True
        known = await _versions(office, held, named)
    if not known:
        raise NotFound
    if (known[0].text, known[0].session) != (inside.text, inside.session):
        raise KeyReused(REUSED)
    return known[-1], False


async def amend_note(office: Office, held: Pass, note: UUID, changed: Changed) -> Note:
    """Better words in a version of their own. The same words again are no version.

    Raises NotFound, Malformed, TooLong, Crossed, TooLate, Busy.
    """
    must_note(held)
    must_have_room(office)
    text = checked_text(changed.text, NOTE_LIMIT)
    stood = await _own(office, held, note)
    if stood.text == text:
        return stood
    if changed.version is not None and changed.version != stood.version:
        raise Crossed(OVERTAKEN)
    return await _follow(office, held, stood, text, Noted.NOTE_AMENDED)


async def take_out(office: Office, held: Pass, note: UUID) -> None:
    """It is no longer part of what is read; a line stays, and what it said before is kept. Twice is once.

    Raises NotFound, Crossed, TooLate, Busy.
    """
    must_note(held)
    stood = await _own(office, held, note)
    await _follow(office, held, stood, "", Noted.NOTE_TAKEN_OUT)


async def notes_of(office: Office, held: Pass, before: UUID | None = None) -> list[Note]:
    """The newest notes, those that were taken out among them, at most a page; that they were read is noted. Raises Busy."""
    must_note(held)
    await note_opening(office, held)
    return await _page(office, held, before)


async def note_with_versions(office: Office, held: Pass, note: UUID) -> list[Note]:
    """One note as it was written and amended, the newest last; that it was read is noted. Raises NotFound, Busy."""
    must_note(held)
    await note_opening(office, held)
    found = await _versions(office, held, note)
    if not found:
        raise NotFound
    return found


async def whole_notes(office: Office, way: Way) -> AsyncIterator[list[Note]]:
    """For a record that is handed out: each note with all its versions, the first last. A client's way has none."""
    if isinstance(way, Pass) and not way.role.is_clinician:
        return
    before: UUID | None = None
    while page := await office.memory.progress_notes.page(way, before, PAGE):  # bound: the notes there are
        for one in page:
            yield await _versions(office, way, one.id)
        before = page[-1].id
        await office.breathe()


def opened(practice: PracticeId, key: DataKey, stored: StoredProgress) -> Note:
    """One version. One that does not open is shown as such: its neighbours must not disappear with it."""
    inside, taken = Inside(""), stored.sealed == b""
    if not taken:
        try:
            inside = Inside.decoded(key.open(progress_place(practice, stored), stored.sealed))
        except (CannotOpen, *NO_BODY):
            ring(Alarm.NOTE, stored.id)
            inside = Inside(UNREAD)
    return Note(
        id=stored.id,
        conversation=stored.conversation,
        author=stored.author,
        at=stored.made_at,
        text=inside.text,
        version=stored.version,
        changed_at=stored.at if stored.version > 1 else None,
        session=inside.session,
        taken_out=taken,
    )


async def _follow(office: Office, held: Pass, stood: Note, text: str, act: Noted) -> Note:
    """The next version; without a word it takes the note out."""
    if stood.version >= VERSIONS and text:
        raise TooLate(OFTEN)
    now = office.clock()
    await office.memory.trail.note(held.practice, now, held.person, act, held.conversation)
    following = Note(
        id=stood.id,
        conversation=stood.conversation,
        author=stood.author,
        at=stood.at,
        text=text,
        version=stood.version + 1,
        changed_at=now,
        session=stood.session,
        taken_out=not text,
    )
    if not await _add(office, held, following):
        raise Crossed(OVERTAKEN)
    return following


async def _add(office: Office, held: Pass, note: Note) -> bool:
    stored = StoredProgress(
        conversation=held.conversation,
        id=note.id,
        version=note.version,
        author=note.author,
        made_at=note.at,
        at=note.changed_at or note.at,
        sealed=b"",
    )
    sealed = b""
    if not note.taken_out:
        key = await office.keyring.key(held.practice, held.conversation)
        inside = Inside(note.text, note.session).encoded()
        sealed = office.keyring.seal(key, progress_place(held.practice, stored), inside)
    return await office.memory.progress_notes.add(held, replace(stored, sealed=sealed))


async def _own(office: Office, held: Pass, note: UUID) -> Note:
    """The newest version of a note of the holder's that stands: a colleague's looks like what is not there."""
    found = await _versions(office, held, note)
    if not found or found[-1].author != held.person or found[-1].taken_out:
        raise NotFound
    return found[-1]


async def _versions(office: Office, way: Way, note: UUID) -> list[Note]:
    return await _opened(office, way, await office.memory.progress_notes.versions(way, note))


async def _page(office: Office, way: Way, before: UUID | None) -> list[Note]:
    return await _opened(office, way, await office.memory.progress_notes.page(way, before, PAGE))


async def _opened(office: Office, way: Way, stored: Sequence[StoredProgress]) -> list[Note]:
    if not stored:
        return []
    key = await office.keyring.key(way.practice, way.conversation)
    return [opened(way.practice, key, one) for one in stored]
