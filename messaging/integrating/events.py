"""What happened in a practice, for programs of others: numbered after the commit, ids only, complete.

Nothing is numbered by when it happened. An entry has its number within its conversation, without a gap and given under that
conversation's lock; a line of the trail has its own within the practice. So what has no event yet is known by comparing
numbers, whatever order transactions were committed in; and within a conversation events follow the order of the record.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from messaging.errors import Malformed, NotFound
from messaging.ids import SYSTEM, ConversationId, PersonId, PracticeId
from messaging.memory.integrating import ADDED, Happened, Line, News, StoredEvent
from messaging.messages import EntryKind, EventName
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import open_as_kept
from messaging.trust.noted import Noted

MESSAGE: Final = "message"
UNREADABLE: Final = "event"
"""An event of the record whose name is gone: it was erased before it was numbered."""
CONVERSATION_BEGUN: Final = "conversation_begun"
OF_PEOPLE: Final = frozenset(
    {Noted.PERSON_CHANGED, Noted.PERSON_LET_GO, Noted.PERSON_LET_IN, Noted.PERSON_ERASED}
)
OF_CONVERSATIONS: Final = frozenset(
    {Noted.MEMBER_JOINED, Noted.MEMBER_JOINED_FROM_START, Noted.MEMBER_LEFT, Noted.CONVERSATION_ERASED}
)
ACTS: Final = tuple(sorted(OF_PEOPLE | OF_CONVERSATIONS))
"""Lines of the trail that are told; reads, sign-ins and whatever else staff does are not."""
TYPES: Final = frozenset(
    {MESSAGE, UNREADABLE, ADDED, CONVERSATION_BEGUN, *map(str, EventName), *map(str, ACTS)}
)
"""Every type there is. An event of the record is called by its name there (`messages.EventName`)."""

AT_ONCE: Final = 200
"""Of each kind in one look: some milliseconds of the loop."""
PAGE: Final = 100
MOST: Final = 500
LOOKS: Final = 5
"""Of one question: a history that was never numbered is numbered a piece at a time, by questions and by the follower."""
CATCHING_UP: Final = 500
"""Looks before a webhook begins: a hundred thousand events of before that are none of its."""
LEASE: Final = 30.0
EVERY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order; `last`: the number of the last there is."""

    events: Sequence[StoredEvent]
    last: int


def must_see_events(person: Person) -> None:
    """Who administers, and programs with the scope. Raises NotFound."""
    if person.role is not Role.ADMINISTRATOR:
        raise NotFound


async def events_after(office: Office, person: Person, number: int, limit: int) -> Page:
    """Those above a number. What was committed before the question is among them, or `last` is below it. Raises NotFound,
    Busy.
    """
    must_see_events(person)
    await catch_up(office, person.practice, LOOKS)
    found, last = await office.memory.events.after(person.practice, number, min(limit, MOST))
    return Page(found, last)


async def catch_up(office: Office, practice: PracticeId, looks: int) -> bool:
    """Numbers what has happened, from the first question on. False where there is more than so many looks hold."""
    await office.memory.events.begin(practice, office.clock())
    for _ in range(looks):
        if not await _number_some(office, practice):
            return True
        await office.breathe()
    return False


async def follow(office: Office) -> bool:
    """The follower's step: numbers what has happened in one practice that is due. False: none is. Raises Busy."""
    now = office.clock()
    due = await office.memory.events.claim(now, LEASE, 1)
    for practice in due:
        caught_up = await catch_up(office, practice, LOOKS)
        again = office.clock() + (EVERY if caught_up else timedelta())
        await office.memory.events.rest(practice, now + timedelta(seconds=LEASE), again)
    return bool(due)


async def _number_some(office: Office, practice: PracticeId) -> bool:
    """False where there is nothing. Somebody else may number at the same time: then theirs stand, and it is looked again."""
    news = await office.memory.events.news(practice, ACTS, AT_ONCE)
    happened = await _in_order(office, practice, news)
    if not happened and news.line == news.stand.line:
        return False
    await office.memory.events.number(practice, news, happened, office.clock())
    return True


async def _in_order(office: Office, practice: PracticeId, news: News) -> list[Happened]:
    """By time; but never before what comes before it in its own conversation, whatever the clocks of two nodes said."""
    names = await _names(office, practice, news)
    latest: dict[ConversationId, datetime] = defaultdict(lambda: datetime.min.replace(tzinfo=UTC))
    timed = [(at, Happened(at, ADDED, person=person)) for person, at in news.people]
    for conversation, at in news.begun:
        latest[conversation] = at
        timed.append((at, Happened(at, CONVERSATION_BEGUN, conversation)))
    for one in news.entries:
        latest[one.conversation] = max(latest[one.conversation], one.at)
        kind = MESSAGE if one.kind is EntryKind.MESSAGE else names[one.conversation, one.number]
        author = None if one.author == SYSTEM else one.author
        happened = Happened(one.at, kind, one.conversation, author, one.id)
        timed.append((latest[one.conversation], happened))
    timed += [(line.at, _of_line(line)) for line in news.lines]
    return [happened for _, happened in sorted(timed, key=lambda one: one[0])]


async def _names(office: Office, practice: PracticeId, news: News) -> dict[tuple[ConversationId, int], str]:
    events = [one for one in news.entries if one.kind is EntryKind.EVENT]
    opened = await open_as_kept(office, practice, events)
    return {(one.conversation, one.number): str(one.body.event or UNREADABLE) for one in opened}


def _of_line(line: Line) -> Happened:
    if line.subject is None:
        return Happened(line.at, line.act)
    if line.act in OF_PEOPLE:
        return Happened(line.at, line.act, person=PersonId(line.subject))
    return Happened(line.at, line.act, ConversationId(line.subject))


def checked_types(said: Sequence[str]) -> frozenset[str]:
    """The types somebody wants to be told of. Raises Malformed naming the first that is none."""
    unknown = sorted(set(said) - TYPES)
    if unknown:
        raise Malformed(f"There is no type {unknown[0][:40]!r}. They are: {', '.join(sorted(TYPES))}.")
    if not said:
        raise Malformed("Name at least one type.")
    return frozenset(said)
