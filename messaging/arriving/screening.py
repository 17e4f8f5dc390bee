"""The screener: letters by mail that could not be attributed beyond doubt, and what a clinician does with them.

Letting one in says "this one letter is from my client" and nothing more: its address is learned only when they say so.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from messaging.arriving.addresses import CONCEALED, conceals, owners_of, remember
from messaging.arriving.arrival import Reading
from messaging.arriving.originals import decide, open_original, open_reading, rehome
from messaging.arriving.receiving import deliver, standing
from messaging.conversations import Circle
from messaging.errors import Conflict, NotFound
from messaging.ids import ConversationId, OriginalId, PersonId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.memory.leaving import ADMINISTRATORS
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import circle_of
from messaging.trust.access import Pass
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Noted
from messaging.trust.seams import Seam, insist

PREVIEW: Final = 500
"""Characters: enough to recognise a writer by."""
ANOTHERS: Final = "locked_by_another"
"""Why a letter is held that somebody else seems to have locked. Its words are not shown before a clinician decides."""
HIDDEN: Final = "Its words are locked, and stay so until you let it in."
UNREADABLE: Final = "This letter could not be read here. The original is kept."


@dataclass(frozen=True, slots=True)
class HeldLetter:
    """A letter in the screener. `conversation` None: it may go into any of the clinician's. `reason` is a code."""

    id: OriginalId
    conversation: ConversationId | None
    client: PersonId | None
    """Whose reply address it came to; or who wrote it, by its envelope, to the practice's own."""
    sender: str | None = field(repr=False)
    subject: str = field(repr=False)
    received_at: datetime
    reason: str
    preview: str = field(repr=False)
    enclosures: tuple[str, ...] = field(default=(), repr=False)


async def held(office: Office, person: Person) -> list[HeldLetter]:
    """What waits in the screener for this clinician, oldest first; nothing for anyone else."""
    if not person.role.is_clinician:
        return []
    mine = await office.memory.inboxes.own(person.practice, person.id)
    kept = await office.memory.mailbox.held(person.practice, mine)
    return [await _as_seen(office, one) for one in kept]


async def _as_seen(office: Office, original: StoredOriginal) -> HeldLetter:
    """Whose identity is not known here, their address is shown to nobody: not that of a letter in doubt either."""
    reading = await _reading(office, original)
    shown = _shown(original, reading)
    if reading is None or not reading.sender:
        return shown
    writers = (
        [original.person] if original.person else await owners_of(office, original.practice, reading.sender)
    )
    return replace(shown, sender=None) if await conceals(office, original.practice, writers) else shown


async def attach(
    office: Office,
    admitted: Pass,
    letter: OriginalId,
    client: PersonId | None = None,
    *,
    remember_address: bool = False,
    circle: Circle | None = None,
) -> OriginalState:
    """The clinician lets a held letter in, as their client's. Asked twice it is done once.

    With `remember_address` the clinician also says that the address it came from is the client's: what comes from
    there later is believed like the registered one, if its domain vouches for it. Nothing is learned otherwise.

    A letter to a reply address goes only where that address leads, and is its holder's. Without one it goes to the
    conversation of the pass, as from `client` (needed only where several are in care). `circle`: of that conversation, where
    who asks was admitted to it just now. Raises NotFound, Busy.
    """
    original = await _held_here(office, admitted, letter)
    if original.state is OriginalState.DELIVERED:
        return original.state
    circle = circle or await _circle_of(office, admitted)
    insist(Seam.ADMITTED, circle.conversation.id == admitted.conversation)
    writer = original.person or _only_client(circle, client)
    await office.memory.trail.note(
        admitted.practice, office.clock(), admitted.person, Noted.LETTER_ATTACHED, original.id
    )
    if original.conversation is None:
        original = await rehome(office, original, circle.conversation.id, writer)
    reading, at = await _reading(office, original), await standing(office, original, circle)
    if at is None or at.client is None:
        raise NotFound
    if remember_address and reading is not None and reading.sender:
        await remember(office, admitted, at.client.id, reading.sender)
    if reading is None:
        reading = Reading(key=original.id, notes=(UNREADABLE,))
    return await deliver(office, original, at, reading)


async def _circle_of(office: Office, admitted: Pass) -> Circle:
    conversation = await office.memory.conversations.find(admitted.practice, admitted.conversation)
    if conversation is None:
        raise NotFound
    return await circle_of(office, conversation)


async def refuse(office: Office, admitted: Pass, letter: OriginalId) -> None:
    """The clinician turns a held letter away; it stays kept and counted. Raises NotFound."""
    original = await _held_here(office, admitted, letter)
    if original.state is OriginalState.DELIVERED:
        raise NotFound
    await office.memory.trail.note(
        admitted.practice, office.clock(), admitted.person, Noted.LETTER_REFUSED, original.id
    )
    await decide(office, original, OriginalState.REFUSED, original.reason)


async def hold_again(office: Office, admitted: Pass, letter: OriginalId) -> None:
    """It was turned away by mistake, a moment ago: it waits in the screener as before. Raises NotFound. Twice is once."""
    original = await _reached(office, admitted, letter)
    if original.state is OriginalState.HELD:
        return
    if original.state is not OriginalState.REFUSED:
        raise NotFound
    await office.memory.trail.note(
        admitted.practice, office.clock(), admitted.person, Noted.REFUSAL_UNDONE, original.id
    )
    await decide(office, original, OriginalState.HELD, original.reason)


async def original_of(office: Office, admitted: Pass, letter: OriginalId) -> bytes:
    """The bytes as they arrived, for a download; audited like every opening.

    Raises NotFound, or Conflict for who is not identified: its head bears their name and address.
    """
    original = await _reached(office, admitted, letter)
    writers = [original.person] if original.person else await _in_care(office, admitted)
    if await conceals(office, admitted.practice, writers):
        raise Conflict(CONCEALED)
    await office.memory.trail.note(
        admitted.practice, office.clock(), admitted.person, Noted.LETTER_OPENED, original.id
    )
    try:
        return (await open_original(office, original))[1]
    except CannotOpen:
        raise NotFound from None


async def _in_care(office: Office, admitted: Pass) -> list[PersonId]:
    found = await office.memory.conversations.find(admitted.practice, admitted.conversation)
    return [one.person for one in found.members if one.role is Role.CLIENT] if found else []


async def _held_here(office: Office, admitted: Pass, letter: OriginalId) -> StoredOriginal:
    """A held (or, for the repeat, attached) letter this pass reaches."""
    original = await _reached(office, admitted, letter)
    if original.state not in (OriginalState.HELD, OriginalState.DELIVERED):
        raise NotFound
    return original


async def _reached(office: Office, admitted: Pass, letter: OriginalId) -> StoredOriginal:
    """A letter this pass reaches: its own conversation's, or one nobody could be found for."""
    original = await office.memory.mailbox.original(admitted.practice, letter)
    if original is None or not admitted.role.is_clinician:
        raise NotFound
    if original.conversation not in (None, admitted.conversation) or original.reason == ADMINISTRATORS:
        raise NotFound
    if (
        original.conversation is None and original.person is not None
    ):  # known whose, and not for which conversation
        conversation = await office.memory.conversations.find(admitted.practice, admitted.conversation)
        if conversation is None or original.person not in {one.person for one in conversation.members}:
            raise NotFound
    return original


async def _reading(office: Office, original: StoredOriginal) -> Reading | None:
    try:
        return await open_reading(office, original)
    except CannotOpen:
        return None


def _only_client(circle: Circle, client: PersonId | None) -> PersonId:
    found = [p.id for p in circle.clients if client is None or p.id == client]
    if len(found) != 1:
        raise NotFound
    return found[0]


def _shown(original: StoredOriginal, reading: Reading | None) -> HeldLetter:
    shown = None if original.reason == ANOTHERS else reading
    return HeldLetter(
        id=original.id,
        conversation=original.conversation,
        client=original.person,
        sender=reading.sender if reading else None,
        subject=shown.subject if shown else "",
        received_at=original.received_at,
        reason=original.reason or "",
        preview=shown.text[:PREVIEW] if shown else HIDDEN if reading else UNREADABLE,
        enclosures=tuple(e.name for e in shown.enclosures) if shown else (),
    )
