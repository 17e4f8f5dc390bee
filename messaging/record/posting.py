"""The one door: chat frame, web letter and mail all end here, and everything that must follow hangs here.

    draft > checked > sealed > the writer's lane > committed > outcome

What follows in the same transaction: its number, who waits for whom, owed mail, the bell.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never
from uuid import UUID

from messaging.errors import Busy, CareEnded, KeyReused, NoRoom, NoSession, NotFound, SessionLive
from messaging.facts import as_texts
from messaging.ids import SYSTEM, ConversationId, EntryId, LetterId, PersonId, PracticeId
from messaging.memory.drafts import DropDraft
from messaging.memory.record import Effect, Gate, Outcome, Posting, Turn, Verdict
from messaging.messages import (
    AMENDING,
    CHAT_LIMIT,
    Body,
    Channel,
    Entry,
    EntryKind,
    EventName,
    checked_text,
    decode_body,
    encode_body,
)
from messaging.office import Office
from messaging.record.placing import body_place
from messaging.trust.access import Errand, Pass, Way
from messaging.trust.encryption import DataKey

_WRITTEN: Final = AMENDING | {
    EventName.CLOSING,
    EventName.ASSIGNED,
    EventName.ANSWERED,
    EventName.PLAN_CHANGED,
    EventName.ENDING_PLANNED,
    EventName.ENDING_CALLED_OFF,
    EventName.CONTRACT_PROPOSED,
}
"""Events that a person writes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message or event on its way. `key` makes the retry harmless."""

    key: UUID
    body: Body = field(repr=False)
    channel: Channel = Channel.WEB
    kind: EntryKind = EntryKind.MESSAGE
    gate: Gate = Gate.MEMBER
    turn: Turn = Turn.NEITHER
    letter: LetterId | None = None
    id: EntryId | None = None
    amends: int | None = None
    effects: tuple[Effect, ...] = ()
    instead: frozenset[EventName] = frozenset()
    """Events that may stand under the key already and say as much."""
    at: datetime | None = None
    """Where a mail says what follows from this time; otherwise the moment it is offered."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which thread, by which way, and as whom."""

    way: Way
    author: PersonId

    @property
    def practice(self) -> PracticeId:
        """The way's."""
        return self.way.practice

    @property
    def conversation(self) -> ConversationId:
        """The way's."""
        return self.way.conversation

    @classmethod
    def by(cls, held: Pass) -> "Where":
        """The holder of a pass, in its conversation."""
        return cls(held, held.person)

    @classmethod
    def by_nobody(cls, way: Errand) -> "Where":
        """The server itself: an event no person caused."""
        return cls(way, SYSTEM)

    @classmethod
    def by_mail(cls, way: Errand, author: PersonId) -> "Where":
        """Who wrote a letter, beyond doubt; the writer's function looks whether they belong to the conversation."""
        return cls(way, author)


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry in the writer's lane: `written` resolves after the commit."""

    written: Awaitable[Outcome]
    where: Where
    draft: Draft
    key: DataKey = field(repr=False)

    def accepted(self, outcome: Outcome) -> Outcome:
        """What became of it, or the refusal it amounts to."""
        return _accepted(outcome, self.where, self.draft, self.key)


async def say(office: Office, held: Pass, key: UUID, text: object, *, drafted: bool = False) -> Outcome:
    """Live words; `drafted`: they were kept as a draft, which is none any more.

    Raises Malformed, TooLong, NoSession, CareEnded, NotFound (no longer a member), KeyReused, Busy."""
    return await post(office, Where.by(held), _words(key, text, drafted))


def can_offer(office: Office, practice: PracticeId, conversation: ConversationId) -> bool:
    """Whether the conversation's key is open, so that nobody must be asked."""
    return office.keyring.ready(practice, conversation) is not None


def offer(office: Office, held: Pass, key: UUID, text: object, *, drafted: bool = False) -> Offered:
    """As `say`, for who does not wait in a task of its own. Only where `can_offer`."""
    opened = office.keyring.ready(held.practice, held.conversation)
    if opened is None:
        raise Busy
    return _offered(office, Where.by(held), _words(key, text, drafted), opened)


def _words(key: UUID, text: object, drafted: bool) -> Draft:
    effects = (DropDraft(),) if drafted else ()
    body = Body(text=checked_text(text, CHAT_LIMIT))
    return Draft(key, body, Channel.CHAT, gate=Gate.LIVE, effects=effects)


async def post(office: Office, where: Where, draft: Draft) -> Outcome:
    """Writes one entry; returns after the commit, with its number. The same key again returns the same number."""
    key = office.keyring.ready(where.practice, where.conversation)
    if key is None:
        key = await office.keyring.key(where.practice, where.conversation)
    offered = _offered(office, where, draft, key)
    return offered.accepted(await offered.written)


def _offered(office: Office, where: Where, draft: Draft, key: DataKey) -> Offered:
    if not office.room_left():
        raise NoRoom
    entry = Entry(
        conversation=where.conversation,
        number=0,
        id=draft.id or EntryId(office.new_id()),
        author=where.author,
        kind=draft.kind,
        channel=draft.channel,
        at=draft.at or office.clock(),
        body=draft.body,
        key=draft.key,
        letter=draft.letter,
        amends=draft.amends,
    )
    sealed = office.keyring.seal(key, body_place(where.practice, entry), encode_body(entry.body))
    written = office.memory.writer.write(
        Posting(
            practice=where.practice,
            entry=entry,
            key=draft.key,
            gate=draft.gate,
            turn=draft.turn,
            sealed=sealed,
            effects=draft.effects,
        )
    )
    return Offered(written, where, draft, key)


def same_words(first: Body, other: Body) -> bool:
    """Whether what was said twice under one key is one saying."""
    return _said(first) == _said(other)


def _said(body: Body) -> tuple[object, ...]:
    """What must be alike under one key. Facts of other events may differ: several nodes report the same thing."""
    return (body.subject, body.text, body.event, as_texts(body.facts) if body.event in _WRITTEN else None)


def _accepted(outcome: Outcome, where: Where, draft: Draft, key: DataKey) -> Outcome:
    match outcome.verdict:
        case Verdict.NEW:
            return outcome
        case Verdict.KNOWN:
            if outcome.first is not None:
                first = decode_body(key.open(body_place(where.practice, outcome.first), outcome.first.sealed))
                if first.event not in draft.instead and not same_words(first, draft.body):
                    raise KeyReused
            return outcome
        case Verdict.NOT_FOUND:
            raise NotFound
        case Verdict.NO_SESSION:
            ended = isinstance(where.way, Pass) and where.way.ended
            raise CareEnded if ended else NoSession
        case Verdict.SESSION_LIVE:
            raise SessionLive
        case _:
            assert_never(outcome.verdict)
