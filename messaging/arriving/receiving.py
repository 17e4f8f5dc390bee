"""Letters by mail, coming in: delivered to the conversation, or noted there as an event.

kept (and only then answered 250) > read by the channel > delivered | event | held | duplicate | refused
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import Final

from messaging.agreements.mailed import tell_awaited
from messaging.arriving.addresses import further_addresses
from messaging.arriving.arrival import Enclosure, Reading
from messaging.arriving.before import Before, letters_before
from messaging.arriving.originals import decide, hold
from messaging.conversations import Circle
from messaging.errors import KeyReused
from messaging.fact_forms import OpenPgp, read_quoted
from messaging.facts import AutomaticMailFacts, LetterFacts
from messaging.ids import EntryId, LetterId, OriginalId
from messaging.leaving.delivering import account_mail_bounced, bounced
from messaging.leaving.promises import SOONEST
from messaging.letters.writing import post_mailed_letter
from messaging.memory.arriving import (
    Attach,
    NoteMessageIds,
    OriginalState,
    ReplyRoute,
    Settle,
    StoredOriginal,
)
from messaging.memory.leaving import ACCOUNT, StoredMail, Watch
from messaging.memory.record import Effect, Gate, Verdict
from messaging.messages import LETTER_LIMIT, AttachmentNote, Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.files import attachment_place
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import open_circle, practice_of
from messaging.trust.access import Work, errand
from messaging.trust.encryption import DataKey
from messaging.trust.seams import Seam, insist

SAME_NUMBER: Final = (
    "A letter with the same number came before. This may be that letter again, changed on the way."
)
"""On a letter whose Message-ID is known here already. It enters all the same: phones reuse numbers, too."""
FOLDED_LIMIT: Final = 2 * LETTER_LIMIT
"""Characters kept beside a letter's own: quoted history, and what of a letter is beyond its limit."""
LONGER: Final = "This letter is longer than can be shown here. The whole of it stands in its original."


class Again(Enum):
    """How a letter that was sent again reads beside the one that came before."""

    ALIKE = auto()
    OTHERWISE = auto()
    """Its signed octets are the same, and the fields by which they are read are not."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a letter stands: whose reply address it came to, and what was lately written there."""

    practice: Practice
    circle: Circle
    client: Person | None
    before: Before
    addresses: tuple[str, ...] = field(default=(), repr=False)
    """The client's: the registered one, and those a clinician found to be theirs."""


async def route(office: Office, token: str) -> ReplyRoute | None:
    """Where a reply token leads, or None."""
    return await office.memory.mailbox.reply_route(office.installation.lookup("reply", token))


async def standing(office: Office, original: StoredOriginal, circle: Circle | None = None) -> Standing | None:
    """Whom it concerns; None when the conversation is gone. `circle`: where who asks was admitted to it just now."""
    if circle is None or circle.conversation.id != original.conversation:
        circle = await _circle_of(office, original)
    practice = await practice_of(office, circle) if circle else None
    if circle is None or practice is None:
        return None
    circle = replace(circle, practice=practice)
    conversation = circle.conversation
    letters = await letters_before(office, original.practice, conversation.id, conversation.last_number)
    before = Before.of(letters, original.person, practice)
    client = circle.people.get(original.person) if original.person else None
    if client is not None and not client.active:  # they left while their letter waited to be read
        client = None
    return Standing(practice, circle, client, before, await _addresses(office, client))


async def _circle_of(office: Office, original: StoredOriginal) -> Circle | None:
    if original.conversation is None:
        return None
    found = await office.memory.lookups.circle(original.practice, original.conversation)
    return None if found is None else await open_circle(office, found)


async def _addresses(office: Office, client: Person | None) -> tuple[str, ...]:
    if client is None:
        return ()
    further = await further_addresses(office, client.practice, client.id)
    known = client.email or client.unreachable
    return (*((known,) if known else ()), *(one.address for one in further))


async def deliver(
    office: Office, original: StoredOriginal, at: Standing, reading: Reading, *, weak: bool = False
) -> OriginalState:
    """The letter enters the conversation as its client's. Raises NotFound when they are no longer a member, Busy."""
    client = at.client
    if client is None:
        return await hold(office, original, "no_member", reading)
    insist(Seam.ADMITTED, (client.id, at.circle.conversation.id) == (original.person, original.conversation))
    where = Where.by_mail(errand(original.practice, at.circle.conversation.id, Work.RECEIVING), client.id)
    entry = EntryId(office.new_id())
    label, is_known = await _placed(office, where, reading)
    if is_known:
        reading = replace(reading, notes=(*reading.notes, SAME_NUMBER))
    key = await office.keyring.key(where.practice, where.conversation)
    notes, attached = _attachments(office, key, where, reading.enclosures)
    own = (_message_id(office, reading.message_id),) if reading.message_id else ()
    marks = tuple(_mark(office, one) for one in reading.marks)
    # One that was held may be days old, and was let in by hand: its promise has run since it came, and a machine's receipt
    # would come as from nowhere.
    told = original.state is OriginalState.RECEIVED
    came = original.received_at
    waited = () if told else (Watch(came + SOONEST, since=came),)
    draft = Draft(
        reading.key,
        _body(reading, original.id, notes, weak=weak),
        letter=label,
        effects=(
            NoteMessageIds((*own, *marks)),
            *attached,
            Settle(original.id, OriginalState.DELIVERED),
            *waited,
        ),
    )
    try:
        outcome = await post_mailed_letter(office, at.circle, client, draft, entry, told=told)
        if outcome.verdict is Verdict.NEW:
            await tell_awaited(office, at.circle, client)
    except KeyReused:  # the same letter, folded otherwise since we wrote more in between
        return await _settled(office, original, Verdict.KNOWN, OriginalState.DELIVERED)
    return await _settled(office, original, outcome.verdict, OriginalState.DELIVERED)


async def note_automatic(
    office: Office, original: StoredOriginal, reading: Reading, kind: str, *, with_words: bool
) -> OriginalState:
    """An answering machine answered: a line of the record with its words, for which nobody is waiting.

    Its words only when its sender was believed: an answer that merely calls itself automatic must not be a way in.
    """
    if original.conversation is None:
        return await hold(office, original, "automatic", reading)
    body = Body(
        folded=reading.text if with_words else None,
        event=EventName.AUTOMATIC_MAIL,
        facts=AutomaticMailFacts(kind, reading.calendar or None, _starts(reading), original.person),
        original=original.id,
    )
    draft = Draft(
        reading.key,
        body,
        Channel.EMAIL,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=(Settle(original.id, OriginalState.EVENT),),
    )
    way = errand(original.practice, original.conversation, Work.RECEIVING)
    outcome = await post(office, Where.by_nobody(way), draft)
    return await _settled(office, original, outcome.verdict, OriginalState.EVENT)


async def note_bounce(
    office: Office, original: StoredOriginal, mail: StoredMail, cause: str
) -> OriginalState:
    """A mail of ours did not arrive: said on the letter it carried, with the cause in plain words."""
    if mail.form in ACCOUNT:
        await account_mail_bounced(office, mail)
        return await decide(office, original, OriginalState.EVENT)
    outcome = await bounced(office, mail, cause, [Settle(original.id, OriginalState.EVENT)])
    return await _settled(office, original, outcome.verdict, OriginalState.EVENT)


async def _settled(
    office: Office, original: StoredOriginal, verdict: Verdict, state: OriginalState
) -> OriginalState:
    if verdict is Verdict.NEW:
        return state
    return await decide(office, original, OriginalState.DUPLICATE)


async def _placed(office: Office, where: Where, reading: Reading) -> tuple[LetterId | None, bool]:
    """The letter thread of what it answers, and whether its own number is known here.

    Looked up within this conversation only: an id of another's letter finds nothing.
    """
    answers = [_message_id(office, one) for one in reading.answers]
    own = [_message_id(office, reading.message_id)] if reading.message_id else []
    if not answers and not own:
        return None, False
    known = await office.memory.threads.letters_by_message_ids(where.way, [*answers, *own])
    return next((known[one] for one in answers if one in known), None), any(one in known for one in own)


async def came_before(office: Office, original: StoredOriginal, reading: Reading) -> "Again | None":
    """Whether what was signed of this letter stands in the conversation already, under whatever Message-ID."""
    if original.conversation is None:
        return None
    marks = [_mark(office, one) for one in reading.marks]
    if not marks:
        return None
    way = errand(original.practice, original.conversation, Work.RECEIVING)
    known = await office.memory.threads.letters_by_message_ids(way, marks)
    if marks[0] not in known:
        return None
    return Again.ALIKE if known.keys() >= set(marks) else Again.OTHERWISE


def _mark(office: Office, mark: str) -> bytes:
    return office.installation.lookup("signed-letter", mark)


def _message_id(office: Office, message_id: str) -> bytes:
    return office.installation.lookup("message-id", message_id)


def _attachments(
    office: Office, key: DataKey, where: Where, enclosures: Sequence[Enclosure]
) -> tuple[tuple[AttachmentNote, ...], list[Effect]]:
    notes, effects = [], list[Effect]()
    for one in enclosures:
        name = office.new_id()
        notes.append(AttachmentNote(name, one.name, one.content_type, len(one.content)))
        place = attachment_place(where.practice, where.conversation, name)
        sealed = office.keyring.seal(key, place, one.content)
        effects.append(Attach(name, len(one.content), sealed, waiting=office.checks_files))
    return tuple(notes), effects


def _starts(reading: Reading) -> datetime | None:
    """Of the appointment for which somebody pressed something in their calendar."""
    known = reading.calendar and reading.calendar_starts
    return datetime.fromisoformat(reading.calendar_starts) if known else None


def _body(reading: Reading, original: OriginalId, notes: tuple[AttachmentNote, ...], *, weak: bool) -> Body:
    shown, rest = reading.text[:LETTER_LIMIT], reading.text[LETTER_LIMIT:]
    folded = rest + reading.folded
    told = (*reading.notes, LONGER) if len(folded) > FOLDED_LIMIT else reading.notes
    facts = LetterFacts(
        message_id=reading.message_id or None,
        calendar=reading.calendar or None,
        starts=_starts(reading),
        thread_index=reading.thread_index or None,
        quotes=read_quoted(reading.quotes) if reading.quotes else None,
        folded_begins=reading.folded_begins or None,
        notes=told,
        also=reading.also,
        openpgp=OpenPgp(reading.signed, reading.opened) if reading.signed else None,
    )
    return Body(
        text=shown,
        folded=folded[:FOLDED_LIMIT] or None,
        subject=reading.subject or None,
        facts=facts,
        attachments=notes,
        original=original,
        weak=weak,
    )
