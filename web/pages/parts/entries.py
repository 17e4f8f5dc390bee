"""The record as the templates want it: letters with the truth about their mail, chat, events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from channels.language.saying import N_
from messaging.conversations import Circle
from messaging.facts import (
    AppointmentFacts,
    AutomaticMailFacts,
    AwayFacts,
    ClosingFacts,
    CoverFacts,
    OfNamed,
    SessionFacts,
    letter_facts,
    person_of,
)
from messaging.facts_given import EnquiryFacts
from messaging.ids import SYSTEM, PersonId
from messaging.inbox.listing import written_after_end
from messaging.leaving.delivering import Delivery
from messaging.leaving.notices import given_subject
from messaging.memory.arriving import FileCheck, FileState
from messaging.messages import AMENDING, AttachmentNote, Entry, EntryKind, EventName
from messaging.people import Role
from web.pages.parts import views as parts
from web.pages.parts.boundary import made_apart
from web.pages.parts.carriages import carriage
from web.pages.parts.dialogue import Beside, origins
from web.pages.parts.enquiry_events import of_enquiry
from web.pages.parts.facts import agreed_text, calendar_code, mailed_by, purpose_said, session_named, size
from web.pages.parts.saying import _, called
from web.pages.parts.signatures import openpgp_notes
from web.pages.parts.views import (
    Attachment,
    ChatMessage,
    Event,
    Failed,
    Folding,
    Letter,
    Origin,
    Timeline,
    Unshown,
)

LEFT: Final = N_("Someone who has left")
WORDED: Final = frozenset({EventName.CLOSING, EventName.ASSIGNED, EventName.ANSWERED})
"""Events that a person wrote something at."""
BEGINS: Final = 80  # characters by which what is folded is known


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a record, and what is known beside it. `files` is where its files are handed out."""

    circle: Circle
    me: PersonId
    files: str
    promise: datetime | None = None
    deliveries: Mapping[int, Sequence[Delivery]] = field(default_factory=dict)
    held_back: Mapping[UUID, FileCheck] = field(default_factory=dict)
    """Files that may not be handed out."""
    originals: bool = False
    """Whether this reader may have mailed letters as they came."""
    beside: Beside = field(default_factory=Beside)
    linked: bool = True
    """Whether a number names one entry of the page; not where several conversations stand on it."""

    @property
    def answers(self) -> bool:
        """Whether what waits here waits for this reader."""
        member = self.circle.conversation.member(self.me)
        return member is not None and member.role.is_clinician

    def author(self, entry: Entry) -> str:
        """By name."""
        person = self.circle.people.get(entry.author)
        return called(person.name) if person else _(LEFT)


def timeline(entries: Sequence[Entry], reader: Reader, *, earlier: bool = True) -> Timeline:
    """Entries in order. `last` is the newest number there is, from which the scripts follow on."""
    conversation = reader.circle.conversation
    first = entries[0].number if entries else 1
    return Timeline(
        conversation_id=str(conversation.id),
        entries=tuple(shown(one, reader, entries) for one in _standing(entries)),
        last=conversation.last_number,
        earlier=first if earlier and first > 1 else None,
        live_session=str(conversation.live.id) if conversation.live else "",
    )


def _standing(entries: Sequence[Entry]) -> list[Entry]:
    """As the page reads after the last of them: a correction is a mark on its message, a closing replaces the one before."""
    present = {one.number for one in entries}
    closed = {one.amends for one in entries if one.body.event is EventName.CLOSING}
    return [
        one
        for one in entries
        if one.number not in closed and not (one.body.event in AMENDING and one.amends in present)
    ]


def shown(one: Entry, reader: Reader, beside: Sequence[Entry]) -> parts.Entry:
    """The same; one that fails says so in its place, and its neighbours stand."""
    made = made_apart("entry", lambda it: entry(it, reader, beside), one)
    return Unshown(one.number, one.at) if isinstance(made, Failed) else made


def entry(one: Entry, reader: Reader, beside: Sequence[Entry]) -> parts.Entry:
    """One entry, as its kind is read, among those beside it on the page."""
    if one.kind is EntryKind.EVENT:
        return _event(one, reader)
    if one.is_letter:
        return letter(one, reader, beside)
    mine = one.author == reader.me
    return ChatMessage(
        number=one.number,
        at=one.at,
        author=reader.author(one),
        mine=mine,
        text=one.body.text,
        session=session_named(one),
        edited=one.edited,
        withdrawn=one.withdrawn,
    )


def _event(one: Entry, reader: Reader) -> Event:
    event = Event(
        number=one.number,
        at=one.at,
        what=one.body.event.value if one.body.event else "event",
        words="" if one.body.event else one.body.text,
        session=session_named(one),
        who=_whom(one, reader),
        text=one.body.text if one.body.event in WORDED else agreed_text(one.body.facts),
        original_url=_original(reader, one),
    )
    match one.body.facts:
        case SessionFacts(by=by):
            event = replace(event, by=by or "")
        case AppointmentFacts(starts=starts, late=late):
            event = replace(event, starts=starts, what=f"{event.what}:late" if late else event.what)
        case ClosingFacts(homework=homework, next=following):
            event = replace(event, homework=homework or "", next=following)
        case AutomaticMailFacts() as facts:
            # An absence note was written for colleagues: not for the others of a couple or a group.
            text = (one.body.folded or "") if reader.originals else ""
            event = replace(event, what=mailed_by(facts), text=text, starts=facts.starts)
        case OfNamed(name=name, reason=reason):
            event = replace(event, who=name, text=reason or "")
        case AwayFacts(promised=promised) if promised:
            event = replace(event, what=f"{event.what}:when", starts=promised)
        case EnquiryFacts() as facts:
            event = of_enquiry(event, facts, reader.circle)
        case CoverFacts(name=name, promised=promised):
            what = f"{event.what}:when" if promised else event.what
            event = replace(event, what=what, who=name, starts=promised)
        case _:
            pass
    return event


def _whom(one: Entry, reader: Reader) -> str:
    """The person an event is about, else who caused it; nobody for what the server did by itself."""
    named = person_of(one.body.facts) or one.author
    person = reader.circle.people.get(named)
    return called(person.name) if person else "" if named == SYSTEM else _(LEFT)


def letter_shown(one: Entry, reader: Reader, beside: Sequence[Entry]) -> Letter | Unshown:
    """A letter, or that it is kept and could not be shown."""
    made = made_apart("letter", lambda it: letter(it, reader, beside), one)
    return Unshown(one.number, one.at) if isinstance(made, Failed) else made


def letter(one: Entry, reader: Reader, beside: Sequence[Entry]) -> Letter:
    """A letter with its promise while it waits, its files, the truth about its mail, and whose words it quotes."""
    facts = letter_facts(one.body.facts)
    return Letter(
        number=one.number,
        at=one.at,
        author=reader.author(one),
        mine=one.author == reader.me,
        text=one.body.text,
        channel=one.channel,
        subject=_subject(one, reader),
        folded=one.body.folded or "",
        folding=_folding(one, reader),
        original_url=_original(reader, one),
        calendar=calendar_code(facts),
        starts=facts.starts,
        answer_by=reader.promise if waits(one, reader.circle) else None,
        owed=reader.answers,
        also_received_by=facts.also if reader.originals or one.author == reader.me else (),
        carriage=carriage(
            reader.deliveries.get(one.number, ()),
            reader.circle,
            may_decide=reader.originals,
            waits=waits(one, reader.circle),
        ),
        attachments=files_beside(reader, one),
        added_to=_added_to(one, reader, beside),
        origins=_origins(one, reader, beside),
        notes=(*purpose_said(facts), *openpgp_notes(one), *facts.notes, *_unmailed(one, reader)),
        after_end=written_after_end(one, reader.circle.conversation),
    )


def _subject(one: Entry, reader: Reader) -> str:
    """What its writer called it. A calendar calls what was pressed by the appointment's name, which is ours."""
    practice = reader.circle.practice
    ours = practice.mail_subject if practice else None
    named_by_us = letter_facts(one.body.facts).calendar
    return "" if named_by_us else given_subject(one.body.subject or "", ours)


def _folding(one: Entry, reader: Reader) -> Folding | None:
    """What is folded says whose letter it is, and how it begins where it is none of ours."""
    if not one.body.folded:
        return None
    written = [line for line in one.body.folded.splitlines() if line.strip("> ")]
    facts = letter_facts(one.body.facts)
    quoted, begins = facts.quotes, facts.folded_begins or ""
    if quoted is None:
        return Folding(len(written), begins=begins or (written[0].strip("> ")[:BEGINS] if written else ""))
    person = reader.circle.people.get(quoted.author)
    name = called(person.name) if person else _(LEFT)
    return Folding(len(written), name, quoted.author == reader.me, quoted.at, begins)


def _unmailed(one: Entry, reader: Reader) -> tuple[str, ...]:
    """For who decides about mail: to whom none could go, though an address of theirs is known."""
    clients = reader.circle.clients if reader.originals else ()
    return tuple(
        f"{p.name} has no address mail can reach, so they were not told of this letter by mail."
        for p in clients
        if p.unreachable and p.id != one.author
    )


def _added_to(one: Entry, reader: Reader, beside: Sequence[Entry]) -> datetime | None:
    """When a client wrote the letter of theirs that this one joined: in that letter nobody else wrote between."""
    member = reader.circle.conversation.member(one.author)
    if one.letter is None or (member is not None and member.role.is_clinician):
        return None
    joined = [other for other in beside if other.letter == one.letter and other.number < one.number]
    return joined[-1].at if joined and joined[-1].author == one.author else None


def _origins(one: Entry, reader: Reader, beside: Sequence[Entry]) -> tuple[Origin, ...]:
    return tuple(
        Origin(
            place,
            reader.author(found),
            found.author == reader.me,
            found.at,
            f"#n{found.number}" if reader.linked else "",
        )
        for place, found in origins(one, beside, reader.beside).items()
    )


def _original(reader: Reader, one: Entry) -> str:
    """Where a mailed letter is as it came; it holds its files, so not while one of them is held back."""
    held_back = any(note.id in reader.held_back for note in one.body.attachments)
    if not reader.originals or one.body.original is None or held_back:
        return ""
    return f"{reader.files}/original/{one.number}"


def files_beside(reader: Reader, one: Entry) -> tuple[Attachment, ...]:
    """What stands beside an entry."""
    return tuple(_file(reader, one, note) for note in one.body.attachments)


def _file(reader: Reader, one: Entry, note: AttachmentNote) -> Attachment:
    """By id alone: a file's name is the writer's own words and has no place in an address."""
    check = reader.held_back.get(note.id)
    if check is not None:
        waiting = check.state is FileState.WAITING
        return Attachment(note.name, size(note.size), "", waiting=waiting, found=check.finding or "")
    return Attachment(note.name, size(note.size), f"{reader.files}/attachments/{one.number}/{note.id}")


def waits(one: Entry, circle: Circle) -> bool:
    """Whether a letter is among those not yet answered."""
    since = circle.conversation.waiting_since
    member = circle.conversation.member(one.author)
    asked = one.is_letter and (member is None or member.role is Role.CLIENT)
    return asked and since is not None and one.at >= since
