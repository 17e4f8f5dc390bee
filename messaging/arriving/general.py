"""Mail to a practice that answers nothing: to its own address, and to those every mail domain must have.

the practice's own address    from a client of that practice: held for those who care for them
postmaster, abuse             for the administrators (RFC 5321 4.5.1, RFC 2142 4)
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from messaging.arriving.arrival import Destination
from messaging.arriving.originals import decide, open_original, open_reading
from messaging.errors import NotFound
from messaging.ids import OriginalId, PersonId, PracticeId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.memory.leaving import ADMINISTRATORS
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import open_person
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Noted

NO_ADMINISTRATOR: Final = "no_administrator"
"""The same in a practice that has none: its clinicians see it."""
SHOWN: Final = 5000
"""Characters of such a letter on the page; the whole of it is its original."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody wrote to postmaster or abuse."""

    id: OriginalId
    received_at: datetime
    sender: str | None = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


async def client_writing(office: Office, address: str, host: str | None, own: str) -> Destination | None:
    """The one client with this address in a practice whose mail domain is `host`; `own` is that of practices without. Of
    all practices where `host` is None: they share one address.

    None: nobody, or several, and a letter must not be shown to a practice it was not meant for.
    """
    hashed = office.installation.lookup("email", address.casefold())
    found: list[Destination] = []
    for practice, name in await office.memory.directory.find("email", hashed):
        person = PersonId(name)
        stored = await office.memory.people.find(practice, [person])
        here = any(one.active and one.role is Role.CLIENT for one in stored)
        if here and (host is None or await _has(office, practice, host, own)):
            found.append(Destination(practice, None, person))
    return found[0] if len(found) == 1 else None


async def practice_of(office: Office, host: str, own: str) -> Destination | None:
    """The practice whose mail domain this is; of several that share one, the first that was founded."""
    for practice in sorted(await office.memory.directory.practices()):
        if await _has(office, practice, host, own):
            return Destination(practice)
    return None


async def writer_of(office: Office, original: StoredOriginal) -> Person | None:
    """The client at whose word a letter to the practice's own address was taken; None when they have left or are erased."""
    if original.person is None:
        return None
    stored = await office.memory.people.find(original.practice, [original.person])
    try:
        people = [await open_person(office, one) for one in stored if one.active]
    except CannotOpen:
        return None
    return people[0] if people else None


async def reason_for_postmaster(office: Office, practice: PracticeId) -> str:
    """Who is to see it."""
    people = await office.memory.people.all(practice)
    here = any(one.active and one.role is Role.ADMINISTRATOR for one in people)
    return ADMINISTRATORS if here else NO_ADMINISTRATOR


async def complaints(office: Office, administrator: Person) -> list[Complaint]:
    """What waits for the administrators, oldest first. Raises NotFound."""
    _insist(administrator)
    kept = await office.memory.mailbox.held_because(administrator.practice, ADMINISTRATORS)
    return [await _open(office, one) for one in kept]


async def complaint_original(office: Office, administrator: Person, letter: OriginalId) -> bytes:
    """As it came, for a download; noted. Raises NotFound."""
    original = await _one(office, administrator, letter)
    await office.memory.trail.note(
        original.practice, office.clock(), administrator.id, Noted.COMPLAINT_OPENED, original.id
    )
    try:
        return (await open_original(office, original))[1]
    except CannotOpen:
        raise NotFound from None


async def complaint_done(office: Office, administrator: Person, letter: OriginalId) -> None:
    """It has been seen to: it stays kept and counted. Twice is once. Raises NotFound."""
    original = await _one(office, administrator, letter)
    await office.memory.trail.note(
        original.practice, office.clock(), administrator.id, Noted.COMPLAINT_SETTLED, original.id
    )
    await decide(office, original, OriginalState.EVENT, ADMINISTRATORS)


async def _one(office: Office, administrator: Person, letter: OriginalId) -> StoredOriginal:
    _insist(administrator)
    original = await office.memory.mailbox.original(administrator.practice, letter)
    if original is None or original.reason != ADMINISTRATORS:
        raise NotFound
    return original


def _insist(administrator: Person) -> None:
    if administrator.role is not Role.ADMINISTRATOR:
        raise NotFound


async def _open(office: Office, original: StoredOriginal) -> Complaint:
    try:
        reading = await open_reading(office, original)
    except CannotOpen:
        reading = None
    if reading is None:
        return Complaint(original.id, original.received_at, None, "", "")
    whole = "\n\n".join(one for one in (reading.text, reading.folded) if one)
    return Complaint(original.id, original.received_at, reading.sender, reading.subject, whole[:SHOWN])


async def _has(office: Office, practice: PracticeId, host: str, own: str) -> bool:
    found = await office.memory.people.practice(practice)
    return found is not None and (found.mail_domain or own).casefold() == host.casefold()
