"""Work that waits: ids and times in `queue`, claimed by workers.

A worker claims with FOR UPDATE SKIP LOCKED and moves `next_at` ahead as its lease, so a worker that dies leaves its work
to the next.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from threads.database import Database
from threads.tables.installation import queue


async def claim(
    database: Database, kind: str, now: datetime, lease: float, limit: int
) -> list[tuple[UUID, UUID]]:
    """Practice and id of what is due, skipping what another worker holds. `lease` in seconds."""
    due = (
        select(queue.c.practice_id, queue.c.id)
        .where(queue.c.kind == kind, queue.c.next_at <= now)
        .order_by(queue.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    query = (
        update(queue)
        .where(queue.c.kind == kind, queue.c.practice_id == due.c.practice_id, queue.c.id == due.c.id)
        .values(next_at=now + timedelta(seconds=lease))
        .returning(queue.c.practice_id, queue.c.id)
    )
    async with database.anywhere() as connection:
        return [(row.practice_id, row.id) for row in await connection.execute(query)]


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


async def wake(connection: AsyncConnection, kind: str, practice: UUID, item: UUID, at: datetime) -> None:
    """It is due at `at`; in the transaction that made it so."""
    await connection.execute(
        upsert(queue)
        .values(kind=kind, practice_id=practice, id=item, next_at=at)
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
