"""Reading: opening what is sealed, for those who were admitted."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final
from uuid import UUID

from messaging.addresses import valid_address
from messaging.conversations import Circle, Conversation
from messaging.details import decode_details, person_place
from messaging.errors import Busy, NotFound
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.lookups import StoredCircle
from messaging.memory.people import StoredPerson
from messaging.memory.record import StoredEntry
from messaging.messages import NO_BODY, Body, Entry, EntryKind, decode_body
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.mended import as_it_stands
from messaging.record.placing import body_place
from messaging.trust.access import Deed, Pass, admit
from messaging.trust.alarms import Alarm, ring
from messaging.trust.encryption import CannotOpen, KeyGone
from messaging.trust.noted import Noted

UNNAMED: Final = "[A name that could not be opened]"
FORMER: Final = "[A former member]"
"""Who was erased: others' record names them by nothing else."""
UNREAD: Final = "[This entry could not be opened. Please tell the practice.]"
ERASED: Final = "[These words were erased.]"
LONG: Final = 16 * 1024
"""Octets, sealed, of an entry after which others have their turn: a page holds many, an inbox one of each conversation."""
PAGE: Final = 200
"""Entries read at once: bounds memory and the time one transaction takes."""


async def enter(
    office: Office, person: Person, conversation: ConversationId, deed: Deed
) -> tuple[Pass, Circle]:
    """Admits a person to a conversation, or raises NotFound."""
    found = await office.memory.lookups.circle(person.practice, conversation)
    held = admit(person, found.conversation if found else None, deed)
    if found is None:
        raise NotFound
    return held, await open_circle(office, found)


async def open_circle(office: Office, found: StoredCircle) -> Circle:
    """The conversation with its people by name, from one answer of memory. Opens all their keys on the way."""
    practice = found.conversation.practice
    await office.keyring.learn(practice, found.keys)
    return Circle(found.conversation, {p.id: await person_named(office, p) for p in found.people})


async def practice_of(office: Office, circle: Circle) -> Practice | None:
    """Whose conversation it is; read where nobody brought it. None when it is gone."""
    return circle.practice or await office.memory.people.practice(circle.conversation.practice)


async def note_opening(office: Office, held: Pass) -> None:
    """Reads are part of the audit trail: the client can see who opened their record."""
    await office.memory.trail.note(
        held.practice, office.clock(), held.person, Noted.OPENED, held.conversation
    )


async def mark_read(office: Office, held: Pass, number: int) -> None:
    """Moves the reader's own mark. While memory cannot write it stays where it was: reading must not fail for it."""
    with suppress(Busy):
        await office.memory.conversations.mark_read(held, number)


async def circle_of(office: Office, conversation: Conversation) -> Circle:
    """The conversation with its people by name."""
    ids = [m.person for m in conversation.members]
    return Circle(conversation, await people_named(office, conversation.practice, ids))


async def people_named(
    office: Office, practice: PracticeId, ids: Iterable[PersonId]
) -> dict[PersonId, Person]:
    """People by id, opened."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    found = await office.memory.people.find(practice, wanted)
    await office.keyring.prefetch(practice, [p.id for p in found])
    return {p.id: await person_named(office, p) for p in found}


async def open_person(office: Office, stored: StoredPerson) -> Person:
    """A person as kept, opened."""
    key = await office.keyring.key(stored.practice, stored.id)
    held = decode_details(key.open(person_place(stored.practice, stored.id), stored.sealed))
    email = held.email
    reachable = email is None or valid_address(email)
    return Person(
        practice=stored.practice,
        id=stored.id,
        role=stored.role,
        name=held.name,
        email=email if reachable else None,
        email_mode=stored.email_mode,
        time_zone=held.zone,
        receipts=held.receipts,
        told_after=held.told_after if stored.role.is_clinician else None,
        quiet=held.quiet if stored.role.is_clinician else None,
        unreachable=None if reachable else email,
        active=stored.active,
        second_factor=stored.second_factor,
        grace_until=stored.grace_until,
        hat_of=stored.hat_of,
        identity=held.identity,
        app=held.app,
        exit_page=held.exit_page,
        country=held.country,
        language=held.language,
        profile=held.profile if stored.role.is_clinician else None,
        takes_enquiries=held.takes_enquiries and stored.role.is_clinician,
    )


async def person_named(office: Office, stored: StoredPerson) -> Person:
    """A person among others. One that does not open is shown as such: the others must not disappear with them."""
    try:
        return await open_person(office, stored)
    except (CannotOpen, *NO_BODY):
        erased = stored.sealed == b""
        return Person(
            stored.practice,
            stored.id,
            stored.role,
            FORMER if erased else UNNAMED,
            email_mode=stored.email_mode,
            unreachable=UNNAMED,
            active=stored.active,
            erased=erased,
        )


async def username_of(office: Office, stored: StoredPerson) -> str:
    """What they sign in with; empty where it cannot be opened: the others must not disappear with it."""
    try:
        key = await office.keyring.key(stored.practice, stored.id)
        return decode_details(key.open(person_place(stored.practice, stored.id), stored.sealed)).username
    except (CannotOpen, *NO_BODY):
        return ""


async def open_entries(office: Office, practice: PracticeId, stored: Sequence[StoredEntry]) -> list[Entry]:
    """Entries opened, as they stand: corrected words in the place of the first, withdrawn ones not at all."""
    return [
        as_it_stands(
            await _open(office, practice, one), [await _open(office, practice, a) for a in one.amendments]
        )
        for one in stored
    ]


async def _open(office: Office, practice: PracticeId, one: StoredEntry) -> Entry:
    """One that does not open is shown as such: its neighbours must not disappear with it."""
    try:
        key = await office.keyring.key(practice, one.conversation)
        if one.sealed == b"":
            raise KeyGone("erased")
        body = decode_body(key.open(body_place(practice, one), one.sealed))
    except (CannotOpen, *NO_BODY) as fault:
        erased = isinstance(fault, KeyGone)  # nobody changed anything
        if not erased:
            ring(Alarm.ENTRY, one.id)
        one = replace(one, kind=EntryKind.MESSAGE)  # what it says of itself may be what was changed
        body = Body(text=ERASED if erased else UNREAD)
    if len(one.sealed) >= LONG:
        await office.breathe()
    return Entry(
        conversation=one.conversation,
        number=one.number,
        id=one.id,
        author=one.author,
        kind=one.kind,
        channel=one.channel,
        at=one.at,
        body=body,
        key=one.key,
        session=one.session,
        letter=one.letter,
        amends=one.amends,
    )


async def entries_after(office: Office, held: Pass, number: int, limit: int = PAGE) -> list[Entry]:
    """Entries above `number`, at most `limit`."""
    stored = await office.memory.threads.after(held, number, max(1, min(limit, PAGE)))
    return await open_entries(office, held.practice, stored)


async def entries_followed(
    office: Office, held: Pass, number: int, limit: int
) -> tuple[list[Entry], int | None]:
    """The same for those who follow, and the conversation's revision in the same state; None when it is gone.

    A pass is a statement about a moment: while the revision is the one known, everybody who was here at the time of these
    entries is still here. After a removal the entries that followed it must not be handed to who was removed.
    """
    page = await office.memory.lookups.page(held, number, max(1, min(limit, PAGE)))
    if page is None:
        return [], None
    return await open_entries(office, held.practice, page.entries), page.revision


async def record_after(office: Office, held: Pass, number: int, limit: int = PAGE) -> list[Entry]:
    """The same as the record keeps them: first words, corrections and withdrawals each in their place.

    For exports, and for clinicians who must know what was said before it was changed.
    """
    stored = await office.memory.threads.after(held, number, max(1, min(limit, PAGE)))
    return await open_as_kept(office, held.practice, stored)


async def open_as_kept(office: Office, practice: PracticeId, stored: Sequence[StoredEntry]) -> list[Entry]:
    """Entries opened, each as it was written."""
    return [await _open(office, practice, one) for one in stored]


async def open_twice(
    office: Office, practice: PracticeId, stored: Sequence[StoredEntry]
) -> list[tuple[Entry, Entry]]:
    """Each as it was first written, and as it stands: of an export, which needs both."""
    found: list[tuple[Entry, Entry]] = []
    for one in stored:
        first = await _open(office, practice, one)
        later = [await _open(office, practice, a) for a in one.amendments]
        found.append((first, as_it_stands(first, later)))
    return found


async def entries_before(office: Office, held: Pass, number: int, limit: int = 50) -> list[Entry]:
    """The last entries below `number`, at most `limit`, in order."""
    stored = await office.memory.threads.before(held, number, max(1, min(limit, PAGE)))
    return await open_entries(office, held.practice, stored)


async def entries_with_files(office: Office, held: Pass, before: int, limit: int) -> list[Entry]:
    """The last entries below a number that files stand beside, in order, as they stand. Raises Busy."""
    return await open_entries(
        office, held.practice, await office.memory.threads.with_files(held, before, min(limit, PAGE))
    )


async def entry_numbered(office: Office, held: Pass, number: int) -> Entry | None:
    """One entry, or None."""
    stored = await office.memory.threads.numbered(held, number)
    return None if stored is None else (await open_entries(office, held.practice, [stored]))[0]


async def first_said(office: Office, held: Pass, key: UUID) -> Entry | None:
    """What the holder first said under this key, whatever amends it; or None."""
    stored = await office.memory.threads.under_key(held, held.person, key)
    return None if stored is None else await _open(office, held.practice, stored)


async def entry_with_amendments(office: Office, held: Pass, number: int) -> tuple[Entry | None, list[Entry]]:
    """One entry as it was first written, and what amends it, in order."""
    stored = await office.memory.threads.numbered(held, number)
    if stored is None:
        return None, []
    opened = [await _open(office, held.practice, one) for one in (stored, *stored.amendments)]
    return opened[0], opened[1:]
