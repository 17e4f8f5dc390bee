"""A clinician's day: what is promised for it, what for tomorrow, which sessions there are, and what comes next.

Counts and few rows: where nobody waits nothing is opened, and of a long list only what is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from messaging.conversations import Circle, Conversation, Session
from messaging.ids import ConversationId
from messaging.inbox.heads import counts, own
from messaging.inbox.listing import InboxLine, changed_lines
from messaging.leaving.promises import promise_of
from messaging.memory.sending_later import NOT_SENT, StoredPending
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.reading import people_named
from messaging.slips import UNDO
from messaging.trust.access import Deed, may

SHOWN: Final = 40
"""Rows of one kind: more than anybody answers in a day. The counts are of all."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when it is today, and until when tomorrow, by the practice's clock."""

    begin: datetime
    end: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody waits for an answer, which is promised by then."""

    conversation: Conversation
    promise: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What a day holds. `lines` are all that is shown, each once and in no order: who shows them sorts them."""

    lines: tuple[InboxLine, ...]
    to_answer: tuple[Waiting, ...]
    """What is promised until the day's end and not answered yet, by promise."""
    sessions: tuple[tuple[Session, Circle], ...]
    following: tuple[datetime, Circle] | None
    """The next promise after this day, and whose."""
    late: int
    due: int
    """Of today, without the late ones."""
    tomorrow: int
    waiting: int
    """How many wait altogether, at whatever time."""
    held: int
    """How many letters wait in the screener."""
    nobody: bool
    """There is no conversation of theirs at all."""


async def letters_due(office: Office, person: Person, practice: Practice, until: datetime) -> list[Waiting]:
    """The letters promised until then that wait for this person's answer, by promise. Nothing of them is opened.

    Not those whose answer is on its way, in a moment or before its promise; one that is slept on, or planned for later,
    waits still.
    """
    found = await office.memory.days.at_hand(person.practice, person.id, ())
    written = await office.memory.pending_letters.of_person(person.practice, person.id)
    return [one for one in _waiting(office, person, practice, found, written) if one.promise < until]


async def letters_on_their_way(office: Office, person: Person, until: datetime) -> list[StoredPending]:
    """What this person has written and sends itself until then, the newest first; its words stay sealed."""
    written = await office.memory.pending_letters.of_person(person.practice, person.id)
    return [one for one in written if _goes_before(one, until)]


async def next_promise(
    office: Office, person: Person, practice: Practice, after: datetime
) -> tuple[datetime, Circle] | None:
    """The first promise from then on, and whose it is."""
    found = await office.memory.days.at_hand(person.practice, person.id, ())
    written = await office.memory.pending_letters.of_person(person.practice, person.id)
    return await _following(office, _waiting(office, person, practice, found, written), after)


async def day_of(office: Office, person: Person, practice: Practice, hours: Hours) -> Day:
    """The day. The last words of what is shown are noted as seen (`inbox.listing`). Raises Busy."""
    memory, mine = office.memory, await own(office, person)
    booked = await memory.days.sessions(person.practice, person.id, hours.begin, hours.end)
    held = await memory.days.held_since(person.practice, person.id)
    lost = await memory.mailbox.unarrived(person.practice, mine)
    written = await memory.pending_letters.of_person(person.practice, person.id)
    theirs = {one.conversation for one in written}
    also = list({*held, *lost, *theirs, *(one.conversation for one in booked)})
    kept = await memory.days.at_hand(person.practice, person.id, also)
    found = {one.id: one for one in kept if may(person, one, Deed.READ)}
    waiting = _waiting(office, person, practice, found.values(), written)
    due = _promised(practice, found.values(), held)
    today = [name for name, at in due if at < hours.end]
    tomorrow = [name for name, at in due if hours.end <= at < hours.after]
    troubled = [name for name, one in found.items() if name in lost or name in theirs or one.ended_at]
    counted = await counts(office, person)
    lines = await _opened(office, person, [*today[:SHOWN], *tomorrow[:SHOWN], *troubled[:SHOWN]])
    return Day(
        lines=lines,
        to_answer=tuple(one for one in waiting if one.promise < hours.end),
        sessions=await _with_circles(office, found, booked),
        following=await _following(office, waiting, hours.end),
        late=sum(at < office.clock() for _, at in due),
        due=sum(office.clock() <= at < hours.end for _, at in due),
        tomorrow=len(tomorrow),
        waiting=counted.waiting,
        held=counted.held,
        nobody=not mine,
    )


def _waiting(
    office: Office,
    person: Person,
    practice: Practice,
    found: Iterable[Conversation],
    written: Sequence[StoredPending],
) -> list[Waiting]:
    mine = [one for one in found if may(person, one, Deed.WRITE)]
    promised = [(one, promise_of(practice, one)) for one in mine]
    soon = office.clock() + UNDO
    waiting = [
        Waiting(one, at)
        for one, at in promised
        if at is not None
        and not any(
            letter.conversation == one.id and _goes_before(letter, max(at, soon)) for letter in written
        )
    ]
    return sorted(waiting, key=lambda one: (one.promise, one.conversation.waiting_since, one.conversation.id))


def _goes_before(letter: StoredPending, at: datetime) -> bool:
    """Whether a letter is sent by itself until then, as it stands."""
    return letter.state not in NOT_SENT and letter.send_at is not None and letter.send_at <= at


def _promised(
    practice: Practice, found: Iterable[Conversation], held: Mapping[ConversationId, datetime]
) -> list[tuple[ConversationId, datetime]]:
    """By when each is owed an answer, be it that the letter is held: the earlier of both."""
    due: list[tuple[datetime, ConversationId]] = []
    for one in found:
        kept = replace(one, waiting_since=held[one.id]) if one.id in held else None
        both = (promise_of(practice, one), promise_of(practice, kept) if kept else None)
        due += [(at, one.id) for at in [min((at for at in both if at), default=None)] if at]
    return [(name, at) for at, name in sorted(due)]


async def _opened(office: Office, person: Person, names: Sequence[ConversationId]) -> tuple[InboxLine, ...]:
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return ()
    found = await changed_lines(office, person.practice, {person.id: person}, wanted)
    return tuple(line for _, line in found)


async def _with_circles(
    office: Office, found: Mapping[ConversationId, Conversation], booked: Sequence[Session]
) -> tuple[tuple[Session, Circle], ...]:
    """Those of today and whatever is live now, each once, by their start."""
    live = [one.live for one in found.values() if one.live is not None]
    sessions = {one.id: one for one in [*live, *booked] if one.conversation in found}
    homes = {one.conversation: found[one.conversation] for one in sessions.values()}
    ids = [member.person for one in homes.values() for member in one.members]
    people = await people_named(office, next(iter(homes.values())).practice, ids) if homes else {}
    circles = {
        name: Circle(one, {m.person: people[m.person] for m in one.members if m.person in people})
        for name, one in homes.items()
    }
    ordered = sorted(sessions.values(), key=lambda one: (one.starts, one.id))
    return tuple((one, circles[one.conversation]) for one in ordered)


async def _following(
    office: Office, waiting: Sequence[Waiting], after: datetime
) -> tuple[datetime, Circle] | None:
    later = next((one for one in waiting if one.promise >= after), None)
    if later is None:
        return None
    conversation = later.conversation
    people = await people_named(office, conversation.practice, [m.person for m in conversation.members])
    return later.promise, Circle(conversation, people)
