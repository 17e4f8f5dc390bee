"""A practice in which everything that pages may meet is there at once: every state, event, kind and role.

Rows are written as the store keeps them, sealed, in bulk: what takes a year to come about is needed in a second. What a
member of an enumeration needs to stand there is said here; a new one without it fails the sweep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import cycle
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Table, insert, select, update

from messaging.conversations import Kind, Member, SessionState
from messaging.exporting.record import ExportFormat
from messaging.facts import (
    AgreementFacts,
    AppointmentFacts,
    AutomaticMailFacts,
    AwaitedFacts,
    AwayFacts,
    BreakFacts,
    CareFacts,
    CheckInFacts,
    ClosingFacts,
    CoverFacts,
    Facts,
    FailedMailFacts,
    HandedOverFacts,
    IdentityFacts,
    NumberFacts,
    PromiseFacts,
    ReadsFromStartFacts,
    SessionFacts,
    SettledFacts,
)
from messaging.facts_given import (
    AnsweredFacts,
    AssignedFacts,
    ContractAgreedFacts,
    ContractProposedFacts,
    EndingFacts,
    NotAskedFacts,
    NotEndingFacts,
    PlanFacts,
    ReplyKindFacts,
)
from messaging.ids import SYSTEM, ConversationId, PersonId, SessionId
from messaging.letters.drafts import DraftKind
from messaging.memory.arriving import FileState, OriginalState
from messaging.memory.exporting import ExportState
from messaging.memory.leaving import MailForm, MailState
from messaging.memory.sending_later import PendingState
from messaging.messages import Body, Channel, EntryKind, EventName, encode_body
from messaging.people import EmailMode, Identity, Person, Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.practice.joining import InvitationState
from messaging.practice.ways_back import Proof
from messaging.record.placing import BODY
from messaging.releases import ReleaseEndedFacts, ReleaseFacts
from messaging.sessions.standings import Step
from messaging.trust.code_words import WordVerdict
from messaging.trust.encryption import Place
from messaging.trust.locks import KeySource, Standing
from tests.cast import Cast
from threads.tables.conversations import conversations
from threads.tables.drafts import drafts, pending_letters
from threads.tables.exports import exports
from threads.tables.mail import originals, outbox, pgp_keys
from threads.tables.people import people
from threads.tables.record import attachments, entries
from threads.tables.sessions import sessions

STAFF: Final = {
    Role.THERAPIST: "mira",
    Role.PSYCHIATRIST: "paul",
    Role.SUPERVISOR: "sue",
    Role.ADMINISTRATOR: "nour",
}
LONG: Final = "Wilhelmine Charlotte " * 9
NAMES: Final = cycle(("Ada", "يوسف بن عبد الله", LONG, "🙂", "O'Neil <b>", "and", "Dr", "\u2068x"))
"""As people are called; also very long, from right to left, and with nothing an initial can be made of."""
IDENTITIES: Final = {1: Identity.SEALED, 3: Identity.PSEUDONYMOUS}
"""Of the second and the fourth in care, who have no address; everybody else is identified."""
IN_CARE: Final = {Kind.INDIVIDUAL: 1, Kind.COUPLE: 2, Kind.FAMILY: 3, Kind.GROUP: 9}

NEW_YEAR: Final = datetime(2027, 1, 1, tzinfo=UTC)
SESSION: Final = SessionId(UUID(int=50))
SOMEBODY: Final = PersonId(UUID(int=7))
GIVEN: Final = UUID(int=11)
AGREED: Final = AppointmentFacts(SESSION, NEW_YEAR - timedelta(minutes=30), 50, SOMEBODY)
FACTS: Final[Mapping[EventName, Facts]] = {
    EventName.SESSION_BOOKED: AGREED,
    EventName.SESSION_MOVED: AGREED,
    EventName.SESSION_CANCELLED: AGREED,
    EventName.SESSION_RESTORED: AGREED,
    EventName.SESSION_MISSED: SessionFacts(SESSION, 50, "time"),
    EventName.SESSION_OPENED: SessionFacts(SESSION, 50),
    EventName.SESSION_EXTENDED: SessionFacts(SESSION, 55, "5"),
    EventName.SESSION_ENDED: SessionFacts(SESSION, 50, "time"),
    EventName.CHECK_IN_ASKED: CheckInFacts(SESSION, SOMEBODY),
    EventName.CHECKED_IN: CheckInFacts(SESSION, SOMEBODY, complete=False),
    EventName.CHECK_IN_WAIVED: CheckInFacts(SESSION, SOMEBODY),
    EventName.CONNECTION_LOST: BreakFacts(SESSION, SOMEBODY, NEW_YEAR),
    EventName.CONNECTION_BACK: BreakFacts(SESSION, SOMEBODY, NEW_YEAR, NEW_YEAR + timedelta(minutes=1)),
    EventName.CLOSING: ClosingFacts(SESSION, "Four counts at night.", NEW_YEAR),
    EventName.CORRECTED: NumberFacts(1),
    EventName.WITHDRAWN: NumberFacts(2),
    EventName.AUTOMATIC_MAIL: AutomaticMailFacts("calendar", "declined", NEW_YEAR, SOMEBODY),
    EventName.MAIL_FAILED: FailedMailFacts(1, code=550),
    EventName.NEEDS_NO_ANSWER: SettledFacts(),
    EventName.WAITS_AGAIN: NumberFacts(1),
    EventName.PROMISE_PASSED: PromiseFacts(NEW_YEAR),
    EventName.UNREAD_TOLD: PromiseFacts(NEW_YEAR),
    EventName.HANDED_OVER: HandedOverFacts(SOMEBODY, SOMEBODY),
    EventName.READS_FROM_START: ReadsFromStartFacts(SOMEBODY),
    EventName.CARE_ENDED: CareFacts(SOMEBODY, "Mira"),
    EventName.CARE_BEGUN_AGAIN: CareFacts(SOMEBODY, "Mira"),
    EventName.ENDING_PLANNED: EndingFacts(
        NEW_YEAR.date(), True, 2, 1, NEW_YEAR.date(), "Haus Linde, on weekdays."
    ),
    EventName.ENDING_CALLED_OFF: NotEndingFacts(NEW_YEAR.date()),
    EventName.CLINICIAN_AWAY: AwayFacts(SOMEBODY, NEW_YEAR.date(), NEW_YEAR),
    EventName.COVER_ASKED: CoverFacts(SOMEBODY, "Jonas", SOMEBODY, "look_in"),
    EventName.COVER_BEGAN: CoverFacts(SOMEBODY, "Jonas", SOMEBODY, "look_in"),
    EventName.COVER_ENDED: CoverFacts(SOMEBODY, "Jonas", SOMEBODY, "take_over", NEW_YEAR),
    EventName.IDENTITY_OPENED: IdentityFacts(SOMEBODY, "Nour", "A life was at risk."),
    EventName.ASSIGNED: AssignedFacts("measure", "phq-9", "3 weeks", NEW_YEAR.date(), "To see how it goes."),
    EventName.ASSIGNMENT_ENDED: NotAskedFacts(GIVEN),
    EventName.ANSWERED: AnsweredFacts(GIVEN, "phq-9", (("1", 2), ("9", 1)), 3, "none", (("9", 1),)),
    EventName.PLAN_CHANGED: PlanFacts(
        1, (("signs", "I hear the clock."),), (("signs", str(SOMEBODY), "Yes."),)
    ),
    EventName.RELEASED: ReleaseFacts(
        SOMEBODY, "Nour", "A review.", release=SOMEBODY, parts=("letter",), since=NEW_YEAR, expires=NEW_YEAR
    ),
    EventName.RELEASE_ENDED: ReleaseEndedFacts(SOMEBODY, "Nour", release=SOMEBODY),
    EventName.AGREEMENT_ACCEPTED: AgreementFacts(SOMEBODY, UUID(int=70), 2, "How we write", "0f" * 32),
    EventName.AGREEMENT_WITHDRAWN: AgreementFacts(SOMEBODY, UUID(int=70), 2, "How we write", "0f" * 32),
    EventName.AGREEMENT_AWAITED: AwaitedFacts(SOMEBODY),
    EventName.CONTRACT_PROPOSED: ContractProposedFacts("18:00", "thursday", None, 600, 8, 0),
    EventName.CONTRACT_AGREED: ContractAgreedFacts(UUID(int=71), whole=True),
    EventName.REPLY_KIND_SAID: ReplyKindFacts(3, "administrative"),
}
"""What each event holds beside its name, as the acts that write it do."""


def facts_about(event: EventName, session: UUID, person: UUID) -> Facts:
    """The same, of this session and this person, where it names one."""
    facts = FACTS[event]
    named: dict[str, Any] = {"session": session, "person": person}
    return replace(facts, **{name: one for name, one in named.items() if hasattr(facts, name)})


SHOWN: Final[Mapping[type[StrEnum], tuple[Table, str] | None]] = {
    Kind: (conversations, "kind"),
    SessionState: (sessions, "state"),
    Role: (people, "role"),
    EmailMode: (people, "email_mode"),
    MailState: (outbox, "state"),
    MailForm: (outbox, "form"),
    FileState: (attachments, "state"),
    EntryKind: (entries, "kind"),
    Channel: (entries, "channel"),
    PendingState: (pending_letters, "state"),
    DraftKind: (drafts, "kind"),
    ExportState: (exports, "state"),
    ExportFormat: (exports, "form"),
    KeySource: (pgp_keys, "source"),
    Standing: (pgp_keys, "standing"),
    OriginalState: (originals, "state"),
    EventName: None,
    Identity: None,
    InvitationState: None,
    Proof: None,
    WordVerdict: None,
    Step: None,
}
"""Enumerations that pages meet, with the column in which all members must be found; None: sealed, and written one by one."""


@dataclass
class World:
    """The practice, and where things are in it."""

    cast: Cast
    conversations: dict[str, ConversationId] = field(default_factory=dict)
    clients: dict[str, list[Person]] = field(default_factory=dict)

    def now(self) -> datetime:
        return self.cast.office.clock()

    async def rows(self, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
        """Written at once."""
        practice = self.cast.practice.id
        async with self.cast.house.office.memory.people._database.within(practice) as connection:  # type: ignore[attr-defined]
            await connection.execute(insert(table), [{"practice_id": practice, **one} for one in values])

    async def change(self, table: Table, where: Any, **values: Any) -> None:
        practice = self.cast.practice.id
        async with self.cast.house.office.memory.people._database.within(practice) as connection:  # type: ignore[attr-defined]
            await connection.execute(update(table).where(where).values(**values))

    async def members_of(self, table: Table, column: str) -> set[str]:
        """What stands in a column of this practice."""
        practice = self.cast.practice.id
        async with self.cast.house.office.memory.people._database.within(practice) as connection:  # type: ignore[attr-defined]
            found = await connection.execute(select(table.c[column]).distinct())
            return {one for (one,) in found if one is not None}

    async def begin(self, name: str, kind: Kind = Kind.INDIVIDUAL) -> ConversationId:
        """A conversation of this kind, with clients of its own, and everybody who cares."""
        office, practice = self.cast.office, self.cast.practice.id
        inside = []
        for number, mode in zip(range(IN_CARE[kind]), cycle(EmailMode), strict=False):
            email = f"{name}{number}@{self.cast.practice.slug}.example" if number % 2 == 0 else None
            new = NewPerson(Role.CLIENT, f"{name}{number}", next(NAMES), email, email_mode=mode)
            if (identity := IDENTITIES.get(number)) is not None:
                new = replace(new, identity=identity, pseudonym=new.name)
            inside.append(await add_person(office, practice, new))
        self.clients[name] = inside
        names = [name for role, name in STAFF.items() if role.is_clinician and name in self.cast.people]
        caring = [self.cast[name] for name in names]
        chosen = tuple(Member(one.id, one.role) for one in (*inside, *caring))
        begun = await begin_conversation(office, practice, kind, chosen)
        self.cast.conversations[name] = begun
        self.conversations[name] = begun.id
        return begun.id

    async def write(self, name: str, lines: Sequence["Line"]) -> None:
        """Entries, sealed and numbered on; the newest is a minute old."""
        practice, conversation = self.cast.practice.id, self.conversations[name]
        office, rows = self.cast.office, list[dict[str, Any]]()
        key = await office.keyring.key(practice, conversation)
        begin = self.now() - timedelta(minutes=len(lines))
        for number, line in enumerate(lines, 1):
            row = uuid4()
            place = Place(BODY, practice, conversation, row)
            rows.append(
                {
                    "conversation_id": conversation,
                    "number": number,
                    "id": row,
                    "author_id": line.author,
                    "key": uuid4(),
                    "kind": EntryKind.EVENT if line.body.event else EntryKind.MESSAGE,
                    "channel": line.channel,
                    "session_id": line.session,
                    "letter_id": line.letter,
                    "at": begin + timedelta(minutes=number),
                    "sealed": office.keyring.seal(key, place, encode_body(line.body)),
                    "amends": line.amends,
                }
            )
        await self.rows(entries, rows)
        own = conversations.c.id == conversation
        await self.change(conversations, own, last_number=len(lines), last_at=self.now())


@dataclass(frozen=True)
class Line:
    """An entry to be written."""

    author: UUID
    body: Body
    channel: Channel = Channel.WEB
    session: UUID | None = None
    letter: UUID | None = None
    amends: int | None = None


def said(world: World, name: str, session: UUID, count: int) -> list[Line]:
    """A session of so many entries: opened, spoken in by turns, ended."""
    by = [world.clients[name][0].id, world.cast["mira"].id]
    facts = SessionFacts(SessionId(session), 50)
    talk = [
        Line(by[one // 3 % 2], Body(f"Word {one}. [a breath]"), Channel.CHAT, session)
        for one in range(max(0, count - 2))
    ]
    opened = Line(by[1], Body(event=EventName.SESSION_OPENED, facts=facts))
    ended = Line(
        SYSTEM, Body(event=EventName.SESSION_ENDED, facts=replace(facts, by="time")), session=session
    )
    return [opened, *talk, ended][:count]


def session_row(world: World, conversation: UUID, state: SessionState, minutes: int) -> dict[str, Any]:
    """A session that begins so many minutes from now."""
    starts = world.now() + timedelta(minutes=minutes)
    opened = starts if state in (SessionState.LIVE, SessionState.ENDED) else None
    ended = world.now() if state is SessionState.ENDED else None
    return {
        "id": uuid4(),
        "conversation_id": conversation,
        "state": state,
        "starts": starts,
        "minutes": 50,
        "opened_at": opened,
        "ended_at": ended,
        "sequence": 1,
    }


async def live(world: World, conversation: UUID, session: UUID) -> None:
    until = world.now() + timedelta(minutes=30)
    await world.change(
        conversations, conversations.c.id == conversation, live_session=session, live_until=until
    )
