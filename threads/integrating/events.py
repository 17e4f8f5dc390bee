"""Events by number. One feed a practice: whoever numbers moves it on from where it was read, or writes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId, EntryId, LetterId, PersonId, PracticeId
from messaging.memory.integrating import ADDED, Happened, Line, News, Stand, StoredEvent
from messaging.memory.record import StoredEntry
from messaging.messages import Channel, EntryKind
from threads.database import Database
from threads.queue import claim, settle, wake
from threads.tables.installation import queue
from threads.tables.integrating import event_feeds, events
from threads.tables.trail import trail
from threads.trail.lines import ACT

KIND: Final = "events"
TELLING: Final = "webhook"
"""In the queue: lanes in which something is to be told."""
OF_ONE: Final = 50
"""Entries of one conversation in one look, so that a long one holds up nobody."""

# A conversation's number moves with its entries, under its lock: what is committed up to there is all there.
_ENTRIES: Final = text("""
select e.conversation_id, e.number, e.id, e.author_id, e.kind, e.channel, e.letter_id, e.amends, e.at,
       case e.kind when 'message' then ''::bytea else e.sealed end as sealed
  from (select c.id, m.number
          from conversations c
          join event_marks m on m.practice_id = c.practice_id and m.conversation_id = c.id
         where c.practice_id = :practice and c.last_number > m.number
         order by c.last_at limit :most) b
 cross join lateral (
       select * from entries e
        where e.practice_id = :practice and e.conversation_id = b.id and e.number > b.number
        order by e.number limit :each) e
 order by e.conversation_id, e.number
 limit :most
""")
_BEGUN: Final = text("""
select c.id, c.created_at from conversations c
 where c.practice_id = :practice and not exists (
       select from event_marks m where m.practice_id = c.practice_id and m.conversation_id = c.id)
 order by c.created_at limit :most
""")
_PEOPLE: Final = text("""
select p.id, p.created_at from people p
 where p.practice_id = :practice and not exists (
       select from events e where e.practice_id = p.practice_id and e.person_id = p.id and e.type = :added)
 order by p.created_at limit :most
""")
# Of a conversation that was erased since the look nothing is remembered.
_MARK: Final = text("""
insert into event_marks (practice_id, conversation_id, number)
select c.practice_id, c.id, n.number
  from unnest(cast(:ids as uuid[]), cast(:numbers as integer[])) as n (id, number)
  join conversations c on c.practice_id = :practice and c.id = n.id
   for key share of c
    on conflict (practice_id, conversation_id) do update set number = excluded.number
""")
# The lane first, then its place in the queue: a courier that has told all looks once more under the lane's lock.
_LANES: Final = text("""
insert into webhook_lanes (practice_id, webhook_id, lane_id, id, done, attempts)
select w.practice_id, w.id, l.lane, gen_random_uuid(), greatest(w.after, :was), 0
  from webhooks w cross join unnest(cast(:lanes as uuid[])) as l (lane)
 where w.practice_id = :practice
 order by w.id, l.lane
   for key share of w
    on conflict (practice_id, webhook_id, lane_id) do update set done = webhook_lanes.done
returning id, webhook_id
""")


class Events:
    """See `messaging.memory.integrating.Events`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, practice: PracticeId, at: datetime) -> None:
        """From now on its events are numbered, those of before too."""
        feed = upsert(event_feeds).values(practice_id=practice, last=0, line=0).on_conflict_do_nothing()
        async with self._database.within(practice) as connection:
            if (await connection.execute(feed)).rowcount:
                await wake(connection, KIND, practice, practice, at)

    async def news(self, practice: PracticeId, acts: Sequence[str], limit: int) -> News:
        """What is committed and has no number: of one state, at most `limit` of each kind."""
        wanted: dict[str, Any] = {"practice": practice, "most": limit}
        async with self._database.within(practice) as connection:
            mine = select(event_feeds).where(event_feeds.c.practice_id == practice)
            feed = (await connection.execute(mine)).one()
            stand = Stand(feed.last, feed.line)
            begun = (await connection.execute(_BEGUN, wanted)).all()
            added = (await connection.execute(_PEOPLE, {**wanted, "added": ADDED})).all()
            entries = (await connection.execute(_ENTRIES, {**wanted, "each": OF_ONE})).all()
            lines, line = await _lines(connection, practice, acts, stand, limit)
        return News(
            stand,
            line,
            people=[(PersonId(row.id), row.created_at) for row in added],
            begun=[(ConversationId(row.id), row.created_at) for row in begun],
            entries=[_entry(row) for row in entries],
            lines=lines,
        )

    async def number(
        self, practice: PracticeId, news: News, happened: Sequence[Happened], at: datetime
    ) -> bool:
        """In one transaction: all of it or nothing, and only from where the look stood."""
        was, first = news.stand, news.stand.last + 1
        moved = (
            update(event_feeds)
            .where(
                event_feeds.c.practice_id == practice,
                event_feeds.c.last == was.last,
                event_feeds.c.line == was.line,
            )
            .values(last=was.last + len(happened), line=news.line)
        )
        rows = [_row(practice, number, one) for number, one in enumerate(happened, first)]
        async with self._database.within(practice) as connection:
            if (await connection.execute(moved)).rowcount == 0:
                return False
            if rows:
                await connection.execute(insert(events), rows)
                await _mark(connection, practice, news)
                await _wake_webhooks(connection, practice, was.last, {row["lane_id"] for row in rows}, at)
        return True

    async def after(self, practice: PracticeId, number: int, limit: int) -> tuple[Sequence[StoredEvent], int]:
        """Those above a number, in order; and the last there is."""
        query = (
            select(events)
            .where(events.c.practice_id == practice, events.c.number > number)
            .order_by(events.c.number)
            .limit(limit)
        )
        last = select(event_feeds.c.last).where(event_feeds.c.practice_id == practice)
        async with self._database.within(practice) as connection:
            # First the last: what is numbered between the two questions is above it, and comes the next time.
            stands = await connection.scalar(last) or 0
            found = [event_of(row) for row in await connection.execute(query)] if limit else []
        return found, max(stands, found[-1].number if found else 0)

    async def claim(self, now: datetime, lease: float, limit: int) -> Sequence[PracticeId]:
        """Practices that are due, for some seconds."""
        return [PracticeId(practice) for practice, _ in await claim(self._database, KIND, now, lease, limit)]

    async def rest(self, practice: PracticeId, held: datetime, until: datetime) -> None:
        """Due again then."""
        await settle(self._database, KIND, practice, practice, held, until)


async def _lines(
    connection: AsyncConnection, practice: PracticeId, acts: Sequence[str], stand: Stand, limit: int
) -> tuple[list[Line], int]:
    """Lines of these acts among the next of the trail, and how far that is."""
    mine = (trail.c.practice_id == practice, trail.c.seq > stand.line)
    next_ones = select(trail.c.seq).where(*mine).order_by(trail.c.seq).limit(limit * 10).subquery()
    reached = await connection.scalar(select(func.max(next_ones.c.seq)))
    if reached is None:
        return [], stand.line
    query = (
        select(trail.c.at, ACT.label("act"), trail.c.subject_id)
        .where(*mine, trail.c.seq <= reached, ACT.in_(acts))
        .order_by(trail.c.seq)
    )
    rows = await connection.execute(query)
    return [Line(row.at, row.act, row.subject_id) for row in rows], reached


async def _mark(connection: AsyncConnection, practice: PracticeId, news: News) -> None:
    numbers = {conversation: 0 for conversation, _ in news.begun}
    numbers |= {one.conversation: one.number for one in news.entries}  # in order: the last of each stays
    if not numbers:
        return
    asked = {"practice": practice, "ids": list(numbers), "numbers": list(numbers.values())}
    await connection.execute(_MARK, asked)


async def _wake_webhooks(
    connection: AsyncConnection, practice: PracticeId, was: int, lanes: set[Any], at: datetime
) -> None:
    wanted = {"practice": practice, "was": was, "lanes": list(lanes)}
    for row in (await connection.execute(_LANES, wanted)).all():
        # One that waits for its next try goes on waiting.
        await connection.execute(
            upsert(queue)
            .values(kind=TELLING, practice_id=practice, id=row.id, next_at=at, lane=row.webhook_id)
            .on_conflict_do_nothing()
        )


def _row(practice: PracticeId, number: int, one: Happened) -> dict[str, Any]:
    return {
        "practice_id": practice,
        "number": number,
        "at": one.at,
        "type": one.type,
        "conversation_id": one.conversation,
        "person_id": one.person,
        "subject_id": one.id,
        "lane_id": one.conversation or practice,
    }


def event_of(row: Any) -> StoredEvent:
    """As it is kept."""
    conversation = None if row.conversation_id is None else ConversationId(row.conversation_id)
    person = None if row.person_id is None else PersonId(row.person_id)
    happened = Happened(at=row.at, type=row.type, conversation=conversation, person=person, id=row.subject_id)
    return StoredEvent(row.number, happened)


def _entry(row: Any) -> StoredEntry:
    return StoredEntry(
        conversation=ConversationId(row.conversation_id),
        number=row.number,
        id=EntryId(row.id),
        author=PersonId(row.author_id),
        kind=EntryKind(row.kind),
        channel=Channel(row.channel),
        at=row.at,
        key=None,
        session=None,
        letter=None if row.letter_id is None else LetterId(row.letter_id),
        amends=row.amends,
        sealed=row.sealed,
    )
