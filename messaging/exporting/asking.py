"""Asking for a record that is made in the background: by a client for their copy, by who cares for the whole,
by who administers for an archive of the practice.

Whoever asks says their password once more: an open screen must not be enough to carry a record away. The trail says that it
was asked for before a word is read.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import NoRoom, NotFound, TooFast
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId, ExportId, PersonId
from messaging.memory.exporting import ExportState, Holder, NewExport, OfPractice, StoredExport
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import enter
from messaging.trust.access import Deed, must_be_own
from messaging.trust.noted import Noted

UNMADE: Final = 20
"""Of one practice, that wait or are worked on: a record takes seconds, and whoever is refused comes again in a minute."""
FULL: Final = 60.0
HANDED_OUT: Final = timedelta(hours=24)
FORGOTTEN: Final = timedelta(days=7)
"""For so long it can be asked what became of an export of which nothing is left."""
SERVER_FULL: Final = "The server is out of space. Nothing was begun; please try later."


async def ask_for_export(
    office: Office,
    signed_in: SignedIn,
    conversation: ConversationId,
    form: ExportFormat,
    *,
    own_notes: bool = False,
) -> StoredExport:
    """It is made in the background; the same that is not made yet is not begun twice.

    `own_notes`: with the asker's process notes, which nobody else's file ever has. What was made before in
    this form is gone with it. Raises NotFound, StepUp, TooFast, NoRoom, Busy.
    """
    held, _ = await enter(office, signed_in.person, conversation, Deed.READ)
    must_be_own(held)
    own_notes = own_notes and held.role.is_clinician
    if own_notes:
        must_be_stepped_up(office, signed_in)
        await office.memory.trail.note(
            held.practice, office.clock(), held.person, Noted.OWN_NOTES_HANDED_OUT, None
        )
    return await _ask(office, signed_in, held, form, Noted(f"exported_{form.value}"), own_notes=own_notes)


async def ask_for_archive(office: Office, signed_in: SignedIn, form: ExportFormat) -> StoredExport:
    """All that the practice holds, for who administers it, sealed so that they cannot read it (`exporting.whole`).

    Raises NotFound, StepUp, TooFast, NoRoom, Busy.
    """
    held = administering(signed_in.person)
    return await _ask(office, signed_in, held, form, Noted.PRACTICE_HANDED_OUT)


def administering(person: Person) -> OfPractice:
    """Raises NotFound for who does not administer."""
    if person.role is not Role.ADMINISTRATOR:
        raise NotFound
    return OfPractice(person.practice, person.id)


async def _ask(
    office: Office,
    signed_in: SignedIn,
    held: Holder,
    form: ExportFormat,
    act: Noted,
    *,
    own_notes: bool = False,
) -> StoredExport:
    must_be_stepped_up(office, signed_in)
    if not office.room_left():
        raise NoRoom(SERVER_FULL)
    now = office.clock()
    await office.memory.trail.note(held.practice, now, held.person, act, held.conversation)
    new = NewExport(ExportId(office.new_id()), form.value, office.new_id(), now, own_notes)
    asked = await office.memory.exports.ask(held, new, UNMADE)
    if asked is None:
        raise TooFast(FULL)
    return asked


async def exports_of(office: Office, held: Holder) -> list[StoredExport]:
    """What the holder has asked for here, or of the practice, the newest first; of each form the newest. Raises Busy."""
    found = [as_it_stands(office, one) for one in await office.memory.exports.of_holder(held)]
    newest: dict[str, StoredExport] = {}  # bound: one for each form
    for one in found:
        newest.setdefault(one.form, one)
    return list(newest.values())


async def export_named(office: Office, person: Person, named: ExportId | None) -> tuple[Holder, StoredExport]:
    """One of this person's, while they belong to its conversation, or administer. Raises NotFound, Busy."""
    found = await office.memory.exports.find(person.practice, PersonId(person.id), named) if named else None
    if found is None:
        raise NotFound
    if found.conversation is None:
        return administering(person), as_it_stands(office, found)
    held, _ = await enter(office, person, found.conversation, Deed.READ)
    return held, as_it_stands(office, found)


def as_it_stands(office: Office, one: StoredExport) -> StoredExport:
    """Gone from the very moment its time is over, whenever somebody comes to take it away."""
    over = one.state is ExportState.READY and one.expires_at is not None and one.expires_at <= office.clock()
    return replace(one, state=ExportState.GONE, sealed=None) if over else one
