"""Webhooks, and how far each was told. A lane is locked before its place in the queue is given up or made (`events`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, insert, select, update

from messaging.ids import PracticeId
from messaging.memory.integrating import Lane, StoredEvent, StoredWebhook
from threads.database import Database
from threads.integrating.events import TELLING, event_of
from threads.queue import claim, settle
from threads.tables.installation import queue
from threads.tables.integrating import event_feeds, events, webhook_lanes, webhooks

_l, _w = webhook_lanes.c, webhooks.c


class Webhooks:
    """See `messaging.memory.integrating.Webhooks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, webhook: StoredWebhook, most: int) -> bool:
        """Alone with whoever numbers, under the feed's lock: each event is wholly before it or wholly after."""
        practice = webhook.practice
        feed = select(event_feeds.c.last).where(event_feeds.c.practice_id == practice).with_for_update()
        count = select(func.count()).select_from(webhooks).where(_w.practice_id == practice)
        values = {
            "practice_id": practice,
            "id": webhook.id,
            "after": webhook.after,
            "created_at": webhook.created_at,
            "sealed": webhook.sealed,
        }
        async with self._database.within(practice) as connection:
            await connection.execute(feed)
            if (await connection.scalar(count) or 0) >= most:
                return False
            await connection.execute(insert(webhooks).values(**values))
        return True

    async def all_of(self, practice: PracticeId) -> Sequence[StoredWebhook]:
        """The oldest first."""
        return await self._found(practice, _w.practice_id == practice)

    async def find(self, practice: PracticeId, webhook: UUID) -> StoredWebhook | None:
        """One of them."""
        found = await self._found(practice, and_(_w.practice_id == practice, _w.id == webhook))
        return found[0] if found else None

    async def _found(self, practice: PracticeId, which: Any) -> list[StoredWebhook]:
        failing = (
            select(func.min(_l.failing_since))
            .where(_l.practice_id == _w.practice_id, _l.webhook_id == _w.id)
            .scalar_subquery()
        )
        query = select(webhooks, failing.label("failing_since")).where(which).order_by(_w.created_at, _w.id)
        async with self._database.within(practice) as connection:
            return [_webhook(row) for row in await connection.execute(query)]

    async def remove(self, practice: PracticeId, webhook: UUID) -> bool:
        """And all that waits for it."""
        mine = (_w.practice_id == practice, _w.id == webhook)
        waits = (queue.c.kind == TELLING, queue.c.practice_id == practice, queue.c.lane == webhook)
        async with self._database.within(practice) as connection:
            gone = await connection.execute(delete(webhooks).where(*mine))
            await connection.execute(delete(queue).where(*waits))
        return gone.rowcount == 1

    async def claim(self, now: datetime, lease: float, limit: int) -> Sequence[Lane]:
        """What is due. What was removed since leaves the queue."""
        held = now + timedelta(seconds=lease)
        found: list[Lane] = []  # bound: `limit`
        for practice, item in await claim(self._database, TELLING, now, lease, limit):
            query = select(webhook_lanes).where(_l.practice_id == practice, _l.id == item)
            async with self._database.within(practice) as connection:
                row = (await connection.execute(query)).one_or_none()
            if row is None:
                await settle(self._database, TELLING, practice, item, held, None)
            else:
                found.append(_lane(row, held))
        return found

    async def next_of(self, lane: Lane, limit: int) -> Sequence[StoredEvent]:
        """What was not told, in order."""
        query = select(events).where(*_untold(lane.practice, lane.id)).order_by(events.c.number).limit(limit)
        async with self._database.within(lane.practice) as connection:
            return [event_of(row) for row in await connection.execute(query)]

    async def told(self, lane: Lane, number: int, held: datetime) -> None:
        """Never back: whoever held it too long may have told more than this since."""
        moved = (
            update(webhook_lanes)
            .where(*_this(lane), _l.done < number)
            .values(done=number, attempts=0, failing_since=None)
        )
        async with self._database.within(lane.practice) as connection:
            await connection.execute(moved)
        await settle(self._database, TELLING, lane.practice, lane.id, lane.held, held)

    async def failed(self, lane: Lane, attempts: int, since: datetime, again: datetime) -> None:
        """The next try is then."""
        stuck = (
            update(webhook_lanes)
            .where(*_this(lane), _l.done == lane.done)
            .values(attempts=attempts, failing_since=since)
        )
        async with self._database.within(lane.practice) as connection:
            await connection.execute(stuck)
        await settle(self._database, TELLING, lane.practice, lane.id, lane.held, again)

    async def rest(self, lane: Lane, now: datetime) -> None:
        """Looked at once more under the lane's lock: what is numbered meanwhile waits for that, and puts it in anew."""
        lock = select(_l.done).where(*_this(lane)).with_for_update()
        waits = exists().where(*_untold(lane.practice, lane.id))
        mine = (
            queue.c.kind == TELLING,
            queue.c.practice_id == lane.practice,
            queue.c.id == lane.id,
            queue.c.next_at == lane.held,
        )
        async with self._database.within(lane.practice) as connection:
            await connection.execute(lock)
            if await connection.scalar(select(waits)):
                await connection.execute(update(queue).where(*mine).values(next_at=now))
            else:
                await connection.execute(delete(queue).where(*mine))


def _this(lane: Lane) -> tuple[Any, Any]:
    return _l.practice_id == lane.practice, _l.id == lane.id


def _untold(practice: PracticeId, lane: UUID) -> tuple[Any, ...]:
    """As the lane stands now, which is not always what whoever holds it knows."""
    own = (_l.practice_id == practice, _l.id == lane)
    return (
        events.c.practice_id == practice,
        events.c.lane_id == select(_l.lane_id).where(*own).scalar_subquery(),
        events.c.number > select(_l.done).where(*own).scalar_subquery(),
    )


def _webhook(row: Any) -> StoredWebhook:
    return StoredWebhook(
        practice=PracticeId(row.practice_id),
        id=row.id,
        after=row.after,
        created_at=row.created_at,
        sealed=row.sealed,
        failing_since=row.failing_since,
    )


def _lane(row: Any, held: datetime) -> Lane:
    return Lane(
        practice=PracticeId(row.practice_id),
        webhook=row.webhook_id,
        id=row.id,
        done=row.done,
        attempts=row.attempts,
        failing_since=row.failing_since,
        held=held,
    )
