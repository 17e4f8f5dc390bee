"""The record of one conversation, as it is handed out: what stands before the entries, and the entries page by page.

A whole record is for those who care, and for whoever runs the program: with first words that were corrected or taken back
later, what machines wrote, and letters by mail as they came. A copy is for a client, and holds what their own pages show.
Notes are no entries (`notes`): progress notes are in every whole record, process notes in their author's own, if ticked.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from messaging.arriving.files import file_checks
from messaging.arriving.originals import open_original, original_named
from messaging.conversations import Circle, Conversation, Session
from messaging.errors import NotFound
from messaging.facts import AutomaticMailFacts, LetterFacts
from messaging.ids import OriginalId, PersonId
from messaging.inbox.labels import labels_of
from messaging.memory.arriving import FileCheck
from messaging.memory.leaving import MailState, StoredMail
from messaging.messages import AttachmentNote, Entry
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.files import attachment_bytes
from messaging.record.reading import PAGE, circle_of, open_twice
from messaging.trust.access import Errand, Pass, Way, first_of
from messaging.trust.encryption import CannotOpen

SESSIONS: Final = 20_000
"""Sessions of one conversation: two a day for twenty-seven years. They are all held at once, some hundred octets each."""


class ExportFormat(StrEnum):
    """In which form a record is handed out."""

    JSON = "json"
    MBOX = "mbox"
    HTML = "html"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True)
class Record:
    """What stands before the entries. `first` and `last`: the numbers that are handed out, without a gap."""

    practice: Practice
    circle: Circle
    sessions: tuple[Session, ...]
    first: int
    last: int
    at: datetime
    whole: bool
    """For those who care, and who run the program; a client's copy is none."""
    labels: tuple[str, ...] = field(default=(), repr=False)
    """What those who care put on it; in a whole record alone."""
    reader: PersonId | None = None
    """Whose copy it is; None: somebody's at the machine itself."""
    own_notes: bool = False
    """Its reader has ticked that process notes of their own are in it."""

    @property
    def conversation(self) -> Conversation:
        """Whose record it is."""
        return self.circle.conversation

    def person(self, named: PersonId) -> Person | None:
        """Who it is, of those who belong to it now. None: a former member, or nobody."""
        return self.circle.people.get(named)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it reads, and what is known beside it."""

    entry: Entry
    first: Entry | None = None
    """As it was first written, in a whole record, where it reads otherwise now."""
    mails: tuple[StoredMail, ...] = ()
    held_back: Mapping[UUID, FileCheck] = field(default_factory=dict)
    """Files of it that nobody is handed: they wait for their check, or something was found."""

    @property
    def files(self) -> tuple[AttachmentNote, ...]:
        """All that came with it; of a message that was taken back, in a whole record, too."""
        return (self.first or self.entry).body.attachments

    @property
    def original(self) -> OriginalId | None:
        """The letter by mail as it came, where it is handed out. It holds its files, so not while one is held back."""
        return None if self.held_back else (self.first or self.entry).body.original


async def record_at_the_machine(office: Office, conversation: Conversation, way: Errand) -> Record:
    """The whole record, for whoever runs the program. Raises NotFound, Busy."""
    return await _record(office, way, await circle_of(office, conversation), whole=True)


async def record_for(office: Office, held: Pass, circle: Circle, *, own_notes: bool = False) -> Record:
    """What its holder may be handed: the whole for who cares, a copy for a client. Raises NotFound, Busy."""
    found = await _record(office, held, circle, whole=held.role.is_clinician)
    return replace(found, own_notes=own_notes and found.whole)


async def _record(office: Office, way: Way, circle: Circle, *, whole: bool) -> Record:
    practice = await office.memory.people.practice(way.practice)
    if practice is None:
        raise NotFound
    found = await office.memory.sessions.of_conversation(way, SESSIONS)
    return Record(
        practice=practice,
        circle=circle,
        sessions=tuple(reversed(found)),
        first=first_of(way),
        last=circle.conversation.last_number,
        at=office.clock(),
        whole=whole,
        labels=await labels_of(office, circle.conversation) if whole else (),
        reader=way.person if isinstance(way, Pass) else None,
    )


async def lines_of(office: Office, way: Way, record: Record, after: int = 0) -> AsyncIterator[Line]:
    """The entries in order, above `after`, a page of them in memory at a time.

    Raises Busy, and NotFound where they end before the last: erased meanwhile, or lost; half a record must not pass for one.
    """
    number = max(after, record.first - 1)
    while number < record.last:  # bound: the entries there are; each turn reads a page of them
        stored = await office.memory.threads.after(way, number, PAGE)
        opened = await open_twice(office, way.practice, [one for one in stored if one.number <= record.last])
        if not opened:
            raise NotFound("the record ended before its last entry: it was erased meanwhile, or is damaged")
        mails = await _mails(office, way, record, [entry.number for _, entry in opened])
        held_back = await file_checks(office, way, [entry for _, entry in opened])
        for first, entry in opened:
            number = entry.number
            yield _line(record, first, entry, mails.get(number, ()), held_back)
        await office.breathe()


def _line(
    record: Record,
    first: Entry,
    entry: Entry,
    mails: Sequence[StoredMail],
    held_back: Mapping[UUID, FileCheck],
) -> Line:
    own = {note.id: held_back[note.id] for note in first.body.attachments if note.id in held_back}
    if not record.whole:
        return Line(_for_a_client(entry, record.reader), None, tuple(mails), own)
    return Line(entry, first if first.body != entry.body else None, tuple(mails), own)


def _for_a_client(entry: Entry, reader: PersonId | None) -> Entry:
    """As their own pages show it: who else got a letter is its writer's, and an absence note was written for colleagues."""
    body = replace(entry.body, original=None)
    match body.facts:
        case AutomaticMailFacts():
            body = replace(body, folded=None)
        case LetterFacts(also=also) as facts if also and entry.author != reader:
            body = replace(body, facts=replace(facts, also=(), rest={}))
        case _:
            pass
    return replace(entry, body=body)


async def _mails(
    office: Office, way: Way, record: Record, numbers: Sequence[int]
) -> dict[int, list[StoredMail]]:
    """What became of the mails about these entries; in a copy, of those to its reader."""
    found: dict[int, list[StoredMail]] = {}
    for mail in await office.memory.mailbox.mail_of(way, numbers):
        if mail.state is not MailState.REPLACED and (record.whole or mail.person == record.reader):
            found.setdefault(mail.number, []).append(mail)
    return {
        number: sorted(mails, key=lambda one: (one.created_at, one.id)) for number, mails in found.items()
    }


async def file_of(office: Office, way: Way, note: AttachmentNote) -> bytes | None:
    """A file's bytes; None where it is held back, gone, or cannot be opened: the record goes on without it, and says so."""
    try:
        return await attachment_bytes(office, way, note)
    except (NotFound, CannotOpen):
        return None


async def original_of(office: Office, way: Way, record: Record, line: Line) -> bytes | None:
    """The letter by mail as it came, octet for octet; None where there is none, or it is not handed out."""
    named = line.original if record.whole else None
    if named is None:
        return None
    stored = await original_named(office, way.practice, named)
    if stored is None or stored.conversation != way.conversation:
        return None
    try:
        return (await open_original(office, stored))[1]
    except CannotOpen:
        return None
