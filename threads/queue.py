"""Work that waits: ids and times in `queue`, claimed by workers.

A worker claims with FOR UPDATE SKIP LOCKED and moves `next_at` ahead as its lease, so a worker that dies leaves its work
to the next.

Conversations take turns: what is the first of its conversation that waits is claimed before the second of any other. A
quarter of each claim goes to what waits longest, so that nothing waits for good however many come.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import randbelow
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from threads.database import Database
from threads.tables.installation import queue

# Each turn's rows are found by their index, and the next turn is asked only where the claim is not full. What was locked is
# found again where it lies: planned by a guess of how many are due, a join went through everything that waits.
_CLAIM: Final = text("""
with oldest as materialized (
    select ctid as place from queue
     where kind = :kind and next_at <= :now
     order by next_at limit cast(:oldest as integer)
       for update skip locked
), in_turn as materialized (
    select d.place
      from generate_series(0, 32) t
     cross join lateral (
           select ctid as place from queue q
            where q.kind = :kind and q.turn = t and q.next_at <= :now and q.ctid not in (select place from oldest)
            order by q.next_at limit cast(:most as integer)
              for update skip locked) d
     limit cast(:most as integer) - (select count(*) from oldest)
)
update queue set next_at = :until
 where ctid = any (array(select place from oldest union all select place from in_turn))
returning practice_id, id
""")


async def claim(
    database: Database, kind: str, now: datetime, lease: float, limit: int
) -> list[tuple[UUID, UUID]]:
    """Practice and id of what is due, skipping what another worker holds. `lease` in seconds."""
    oldest = (limit + randbelow(4)) // 4  # a quarter; a claim of fewer than four has it now and then
    asked = {
        "kind": kind,
        "now": now,
        "until": now + timedelta(seconds=lease),
        "most": limit,
        "oldest": oldest,
    }
    async with database.anywhere() as connection:
        return [(row.practice_id, row.id) for row in await connection.execute(_CLAIM, asked)]


async def postpone(database: Database, kind: str, practice: UUID, item: UUID, at: datetime) -> None:
    """It becomes due again at `at`."""
    async with database.anywhere() as connection:
        await wake(connection, kind, practice, item, at)


async def settle(
    database: Database, kind: str, practice: UUID, item: UUID, held_until: datetime, again: datetime | None
) -> None:
    """It becomes due again at `again`, or never; unless somebody has given it another time since it was claimed."""
    mine = (
        queue.c.kind == kind,
        queue.c.practice_id == practice,
        queue.c.id == item,
        queue.c.next_at == held_until,
    )
    async with database.anywhere() as connection:
        if again is None:
            await connection.execute(delete(queue).where(*mine))
        else:
            await connection.execute(update(queue).where(*mine).values(next_at=again))


async def next_due(database: Database, kind: str) -> datetime | None:
    """When the next work of this kind is due, or may be claimed again."""
    async with database.anywhere() as connection:
        at: datetime | None = await connection.scalar(
            select(queue.c.next_at).where(queue.c.kind == kind).order_by(queue.c.next_at).limit(1)
        )
        return at


async def wake(
    connection: AsyncConnection,
    kind: str,
    practice: UUID,
    item: UUID,
    at: datetime,
    lane: UUID | None = None,
) -> None:
    """It is due at `at`; in the transaction that made it so. `lane`: the conversation it takes turns with."""
    await connection.execute(
        upsert(queue)
        .values(kind=kind, practice_id=practice, id=item, next_at=at, lane=lane)
        .on_conflict_do_update(index_elements=["kind", "practice_id", "id"], set_={"next_at": at})
    )


async def done(connection: AsyncConnection, kind: str, practice: UUID, item: UUID) -> None:
    """Nothing waits any more; in the transaction that made it so."""
    await connection.execute(
        delete(queue).where(queue.c.kind == kind, queue.c.practice_id == practice, queue.c.id == item)
    )


def named(table: Any, claimed: Sequence[tuple[UUID, UUID]]) -> list[Any]:
    """Conditions that find the claimed rows in their own table."""
    return [and_(table.c.practice_id == practice, table.c.id == item) for practice, item in claimed]
