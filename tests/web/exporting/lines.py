"""Entries of every kind there is, without a database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4, uuid5

from messaging.conversations import AnswerRule, Circle, Conversation, Kind, Member, Session, SessionState
from messaging.exporting.record import Line, Record
from messaging.fact_forms import OpenPgp
from messaging.facts import LetterFacts
from messaging.ids import (
    SYSTEM,
    ConversationId,
    EntryId,
    MailId,
    OriginalId,
    PersonId,
    PracticeId,
    SessionId,
)
from messaging.memory.arriving import FileCheck, FileState
from messaging.memory.leaving import MailForm, MailState, StoredMail
from messaging.messages import AMENDING, AttachmentNote, Body, Channel, Entry, EntryKind, EventName
from messaging.people import Person, Practice, Role
from tests.web.every_state import FACTS

PRACTICE = PracticeId(UUID(int=1))
CONVERSATION = ConversationId(UUID(int=2))
CLIENT, OTHER, CARER, GONE = (PersonId(UUID(int=number)) for number in (11, 12, 13, 14))
BEGIN = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def circle(clients: int = 1, name: str = "Ruth") -> Circle:
    people = {CARER: Person(PRACTICE, CARER, Role.THERAPIST, "Dr Mira")}
    people |= {one: Person(PRACTICE, one, Role.CLIENT, name) for one in (CLIENT, OTHER)[:clients]}
    members = tuple(Member(one.id, one.role) for one in people.values())
    conversation = Conversation(
        practice=PRACTICE,
        id=CONVERSATION,
        kind=Kind.INDIVIDUAL if clients == 1 else Kind.COUPLE,
        revision=1,
        last_number=0,
        last_at=None,
        waiting_since=None,
        answer=AnswerRule(),
        live=None,
        members=members,
    )
    return Circle(conversation, people)


def record(lines: list[Line], within: Circle | None = None, *, whole: bool = True) -> Record:
    sessions = tuple(
        Session(SessionId(uuid5(CONVERSATION, one)), CONVERSATION, one, BEGIN, 50) for one in SessionState
    )
    return Record(
        practice=Practice(PRACTICE, "linde", "Haus Linde", "Europe/Vienna"),
        circle=within or circle(),
        sessions=sessions,
        first=lines[0].entry.number if lines else 1,
        last=lines[-1].entry.number if lines else 0,
        at=BEGIN + timedelta(days=1),
        whole=whole,
    )


def entry(number: int, body: Body, channel: Channel = Channel.WEB, author: PersonId = CLIENT) -> Entry:
    return Entry(
        conversation=CONVERSATION,
        number=number,
        id=EntryId(uuid5(CONVERSATION, str(number))),
        author=author,
        kind=EntryKind.EVENT if body.event else EntryKind.MESSAGE,
        channel=channel,
        at=BEGIN + timedelta(minutes=number),
        body=body,
    )


def mail(number: int, state: MailState, form: MailForm | None) -> StoredMail:
    return StoredMail(
        practice=PRACTICE,
        id=MailId(uuid4()),
        conversation=CONVERSATION,
        number=number,
        person=CLIENT,
        state=state,
        attempts=1,
        created_at=BEGIN,
        next_at=None,
        code=550,
        form=form,
        sealed=b"",
        settled_at=None,
    )


def every_line() -> Iterator[Line]:
    """Each channel, event, state of mail and of files, amendments, signatures, and who has left."""
    numbers = count(1)
    for channel in Channel:
        for author in (CLIENT, CARER, SYSTEM, GONE):
            yield Line(entry(next(numbers), Body(f"Words by {channel}.", "> folded", "S"), channel, author))
    for event in EventName:
        text = "Said." if event is EventName.CLOSING or event in AMENDING else ""
        yield Line(entry(next(numbers), Body(text, event=event, facts=FACTS[event])))
    for state in MailState:
        number = next(numbers)
        mails = tuple(mail(number, state, form) for form in (*MailForm, None))
        yield Line(entry(number, Body("Mailed."), author=CARER), mails=mails)
    notes = tuple(AttachmentNote(uuid4(), f"{one}.html", "text/html", 3) for one in FileState)
    checks = {
        note.id: FileCheck(state, "Win.Test")
        for note, state in zip(notes, FileState, strict=True)
        if state is not FileState.CLEAN
    }
    yield Line(entry(next(numbers), Body("Files.", attachments=notes), Channel.EMAIL), held_back=checks)
    facts = LetterFacts(notes=("A note.",), also=("h@example.org",), openpgp=OpenPgp("by_their_key"))
    original = OriginalId(uuid4())
    letter = Body("Letter.", facts=facts, weak=True, original=original, attachments=notes[1:2])
    yield Line(entry(next(numbers), letter, Channel.EMAIL))
    for said in ("Corrected.", ""):
        first = entry(next(numbers), Body("First words.", "first folded", "first subject"))
        now = replace(first, body=Body(said), edited=bool(said), withdrawn=not said)
        yield Line(now, first)
