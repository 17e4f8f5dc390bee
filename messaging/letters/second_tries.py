"""A mail that may not have arrived: what a clinician says of it, and sending it once more.

    in doubt   the connection broke at the final dot: nobody but its reader knows; the clinician asks, and then says
    failed     refused for good, or reported back: sending again cannot make a double
    stopped    never sent, for its reader had left, moved, or no longer wanted words by mail

Nothing here happens by itself (RFC 5321 4.5.3.2.6 tells what blind repetition does).
"""

from typing import Final
from uuid import UUID, uuid5

from messaging.conversations import Circle
from messaging.errors import Malformed, NotFound
from messaging.ids import EntryId, MailId
from messaging.leaving.delivering import opened_mail, wants
from messaging.letters.writing import Fresh, owed_to
from messaging.memory.leaving import LETTERS, MailState, Settled, StoredMail
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import entry_numbered
from messaging.trust.access import Deed, Pass
from messaging.trust.noted import Noted

AGAIN: Final = frozenset({MailState.IN_DOUBT, MailState.FAILED, MailState.STOPPED})
_ANOTHER: Final = UUID("6f0a1c1e-2d5b-5d7e-9a53-0b8f6d1f7c11")


async def note_arrival(office: Office, held: Pass, mail: MailId) -> None:
    """The reader has it: the doubt is over. Twice is once. Raises NotFound, Malformed when there is no doubt."""
    stored = await _of(office, held, mail)
    if stored.state is MailState.SENT:
        return
    if stored.state is not MailState.IN_DOUBT:
        raise Malformed("There is no doubt about this mail.")
    await office.memory.trail.note(held.practice, office.clock(), held.person, Noted.MAIL_ARRIVED, mail)
    await office.memory.mailbox.settle_mail(stored, Settled(MailState.SENT, stored.code, office.clock()))


async def send_again(office: Office, held: Pass, circle: Circle, mail: MailId) -> None:
    """Once more, on the clinician's word. Twice is once.

    The same bytes where they still fit their reader, so that a mailbox which has them already knows them; otherwise the
    letter is made into a mail anew, for the address and the wish of now. Raises NotFound, Malformed.
    """
    stored = await _of(office, held, mail)
    if stored.state in (MailState.OWED, MailState.SENDING, MailState.REPLACED):
        return
    if stored.state not in AGAIN:
        raise Malformed("This mail has been sent.")
    if stored.form not in LETTERS:  # made anew, a receipt would be its reader's own letter
        raise Malformed("Only letters can be sent again.")
    reader = next((one for one in circle.clients if one.id == stored.person), None)
    if reader is None or not reader.email:
        raise Malformed("They are no longer here, or have no address.")
    await office.memory.trail.note(held.practice, office.clock(), held.person, Noted.MAIL_AGAIN, mail)
    frozen = await opened_mail(office, stored)
    if frozen is not None and await wants(office, reader, frozen):
        await office.memory.mailbox.owe_again(stored, office.clock())
    else:
        await _made_anew(office, held, circle, stored, reader)


async def _made_anew(office: Office, held: Pass, circle: Circle, stored: StoredMail, reader: Person) -> None:
    entry = await entry_numbered(office, held, stored.number)
    if entry is None or entry.letter is None:
        raise Malformed("Only letters can be sent again.")
    files = bool(entry.body.attachments)
    fresh = Fresh(entry.author, EntryId(entry.id), entry.body.text, files=files, label=entry.letter)
    name = MailId(uuid5(_ANOTHER, f"{stored.id}"))
    owed = await owed_to(office, circle, fresh, reader, name)
    if owed is None:
        raise NotFound
    mailbox = office.memory.mailbox
    await mailbox.owe(held, stored.number, owed, office.clock())
    await mailbox.settle_mail(stored, Settled(MailState.REPLACED, stored.code, office.clock()))


async def _of(office: Office, held: Pass, mail: MailId) -> StoredMail:
    stored = await office.memory.mailbox.mail(held, mail)
    if held.deed is not Deed.SETTLE or stored is None:
        raise NotFound
    return stored
