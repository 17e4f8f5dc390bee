"""Writing a letter: by web or by mail, by a client or by who cares for them; and the mail that is owed for it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from messaging.conversations import Circle
from messaging.errors import KeyReused, Malformed
from messaging.facts import NO_FACTS, Facts, LetterFacts, letter_facts
from messaging.ids import SYSTEM, EntryId, LetterId, MailId, PersonId
from messaging.leaving.keys import locks_for
from messaging.leaving.owing import owe, reply_token
from messaging.leaving.promises import SOONEST
from messaging.leaving.receipts import Sent, correct_receipt, receipt
from messaging.leaving.unread import unread_mails
from messaging.letters.uploads import notes_of
from messaging.memory.drafts import DropDraft
from messaging.memory.leaving import Owe, Watch
from messaging.memory.record import Effect, Gate, Outcome, Turn, Verdict
from messaging.memory.sending_later import NoLetterSince
from messaging.memory.subjects import Concern, SubjectKind
from messaging.memory.uploads import AttachUpload
from messaging.messages import (
    LETTER_LIMIT,
    SUBJECT_LIMIT,
    AttachmentNote,
    Body,
    Channel,
    Entry,
    checked_text,
)
from messaging.office import MailOrder, Office, SystemLine
from messaging.people import Person, Role
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import entry_numbered, first_said, practice_of
from messaging.trust.access import Pass, Way, Work, errand
from messaging.trust.seams import Seam, insist


class Purpose(StrEnum):
    """What a letter is about, where its writer says that it is not the work itself."""

    CLARIFICATION = "clarification"
    """It asks what was meant, or says it."""
    ADMINISTRATIVE = "administrative"
    """Dates, fees, the agreement, stopping: open also to who has not agreed."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its writer hands it in. `answers` is the number of the entry it answers, if it says."""

    key: UUID
    text: object = field(repr=False)
    subject: str | None = field(default=None, repr=False)
    answers: int | None = None
    files: tuple[UUID, ...] = ()
    """Uploads of its writer that go with it (`letters.uploads`)."""
    unless: NoLetterSince | None = None
    """It is written only where no letter came that its writer does not know of."""
    purpose: Purpose | None = None
    """None: it is part of the work."""


async def write_letter(office: Office, held: Pass, circle: Circle, letter: Letter) -> Outcome:
    """A letter from the web. Raises Malformed, TooLong, NotFound, KeyReused, Busy."""
    return await write_answer(office, held, circle, letter, None)


async def write_answer(
    office: Office, held: Pass, circle: Circle, letter: Letter, answered: Entry | None
) -> Outcome:
    """The same, where the letter it answers has been read already."""
    insist(
        Seam.ADMITTED,
        (held.practice, held.conversation) == (circle.conversation.practice, circle.conversation.id),
    )
    text = checked_text(letter.text, LETTER_LIMIT)
    subject = checked_text(letter.subject, SUBJECT_LIMIT) if letter.subject else None
    if answered is None:
        answered = await _answered(office, held, letter.answers)
    files = await _files_of(office, held, letter)
    entry = EntryId(office.new_id())
    label = answered.letter if answered and answered.letter else None
    draft = Draft(
        letter.key,
        Body(text=text, subject=subject, attachments=files, facts=_facts(letter)),
        Channel.WEB,
        letter=label,
        id=entry,
        effects=(
            DropDraft(),
            *([letter.unless] if letter.unless else []),
            *(AttachUpload(file.id) for file in files),
            *_kind(held, letter, entry),
        ),
    )
    fresh = Fresh(held.person, entry, text, answered, files=bool(files))
    outcome = await _posted(office, Where.by(held), circle, fresh, draft)
    if outcome.verdict is Verdict.KNOWN:  # what a page kept once more since it was sent
        await office.memory.drafts.remove(held, letter.key)
    return outcome


def _facts(letter: Letter) -> Facts:
    return LetterFacts(purpose=letter.purpose) if letter.purpose is not None else NO_FACTS


def _kind(held: Pass, letter: Letter, entry: EntryId) -> tuple[Concern, ...]:
    """What an answer is, beside it in the clear, so that it is counted unopened (`agreements.exchange`)."""
    match letter.purpose:
        case None:
            return ()
        case Purpose.CLARIFICATION:
            kind = SubjectKind.CLARIFICATION
        case Purpose.ADMINISTRATIVE:
            kind = SubjectKind.ADMINISTRATIVE
        case _:
            assert_never(letter.purpose)
    return (Concern(kind, entry),) if held.role.is_clinician else ()


async def _files_of(office: Office, held: Pass, letter: Letter) -> tuple[AttachmentNote, ...]:
    """Those that go with it. Where it was sent before they have gone. Raises KeyReused where those were others."""
    if not letter.files:
        return ()
    first = await first_said(office, held, letter.key)
    if first is None:
        return await notes_of(office, held, letter.files)
    if {one.id for one in first.body.attachments} != set(letter.files):
        raise KeyReused
    return ()


async def post_mailed_letter(
    office: Office, circle: Circle, writer: Person, draft: Draft, entry: EntryId, *, told: bool = True
) -> Outcome:
    """A letter that arrived by mail and was attributed beyond doubt. Others in the conversation are told.

    `told`: its writer gets a receipt, as for a letter by web.
    """
    fresh = Fresh(writer.id, entry, draft.body.text, files=bool(draft.body.attachments))
    mailed = replace(draft, channel=Channel.EMAIL, gate=Gate.MEMBER, id=entry)
    way = errand(circle.conversation.practice, circle.conversation.id, Work.RECEIVING)
    return await _posted(office, Where.by_mail(way, writer.id), circle, fresh, mailed, told=told)


async def _posted(
    office: Office, where: Where, circle: Circle, fresh: "Fresh", draft: Draft, *, told: bool = True
) -> Outcome:
    """Into the record, with the mails that are owed for it and the receipt for its writer."""
    if told or circle.conversation.waiting_since is not None:  # else nothing that stands there is needed
        circle = await on_ground(office, circle, where.way, where.author, draft.key)
    writer = circle.people[where.author]
    now = office.clock()
    waiting = circle.ground.waiting if circle.ground else None
    label = draft.letter or waiting or LetterId(fresh.entry)
    owed = await owed_mail(office, circle, replace(fresh, label=label))
    sent = Sent(now, letter_facts(draft.body.facts).message_id)
    if told and (own := await receipt(office, circle, writer, sent)):
        owed.append(own)
    if told:
        owed.extend(await unread_mails(office, circle, writer, now))
    turn = Turn.ASKS if writer.role is Role.CLIENT else Turn.ANSWERS
    if turn is Turn.ASKS:
        owed.append(Watch(now + SOONEST))
    made = replace(draft, letter=label, turn=turn, at=now, effects=(*draft.effects, *owed))
    outcome = await post(office, where, made)
    if told and turn is Turn.ASKS:
        await correct_receipt(office, circle, writer, sent, outcome)
    return outcome


async def on_ground(office: Office, circle: Circle, way: Way, author: PersonId, key: UUID) -> Circle:
    """The circle with all that is asked for a letter of this author's under `key`, in one question. Raises Busy."""
    if circle.ground is not None:
        return circle
    ground = await office.memory.lookups.ground(way, author, key)
    return circle if ground is None else replace(circle, practice=ground.practice, ground=ground)


async def _answered(office: Office, held: Pass, number: int | None) -> Entry | None:
    if number is None:
        return None
    entry = await entry_numbered(office, held, number)
    if entry is None or not entry.is_letter:
        raise Malformed("There is no such letter to answer.")
    return entry


@dataclass(frozen=True, slots=True)
class Fresh:
    """A letter, or a line of the server's own, about to be written, as its mails need to know it."""

    author: PersonId
    entry: EntryId
    text: str | SystemLine = field(repr=False)
    """What the server says itself is a `SystemLine`: each of its readers has it in their own language."""
    answered: Entry | None = None
    files: bool = False
    """Whether files came with it."""
    label: LetterId | None = None
    """The letter thread, once it is decided; a new one is named after its first letter."""

    def __post_init__(self) -> None:
        if (self.author == SYSTEM) is isinstance(self.text, str):
            raise TypeError("what the server says is a SystemLine, what a person says is text")


async def owed_mail(office: Office, circle: Circle, fresh: Fresh) -> list[Effect]:
    """One mail for each other client who has an address: fixed now, from the client's own record and nothing else."""
    readers = [p for p in circle.clients if p.id != fresh.author and p.email]
    owed = [await owed_to(office, circle, fresh, reader) for reader in readers]
    return [one for one in owed if one is not None]


async def owed_to(
    office: Office, circle: Circle, fresh: Fresh, reader: Person, mail: MailId | None = None
) -> Owe | None:
    """The mail of a letter to one reader, frozen. None when their practice is gone."""
    conversation = circle.conversation
    practice = await practice_of(office, circle)
    if practice is None:
        return None
    answered = letter_facts(fresh.answered.body.facts if fresh.answered else NO_FACTS)
    order = MailOrder(
        practice=practice,
        mail=mail or MailId(office.new_id()),
        to=reader,
        entry=fresh.entry,
        conversation=conversation.id,
        at=office.clock(),
        reply_token=await reply_token(office, circle, reader),
        text=fresh.text,
        files=fresh.files,
        answers=answered.message_id,
        thread_index=answered.thread_index,
        thread=EntryId(fresh.label) if fresh.label else None,
        locks=await locks_for(office, practice, reader),
    )
    return await owe(office, order, await office.press.freeze(order))
