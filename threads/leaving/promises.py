"""Promises as kept: for each conversation that waits, when somebody must look whether it was answered."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId, PracticeId
from messaging.trust.access import Errand
from threads.database import Database
from threads.queue import claim, settle
from threads.tables.installation import queue

KIND: Final = "promise"


class Promises:
    """The queue of promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations until `now + lease`."""
        claimed = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        return [(PracticeId(practice), ConversationId(item)) for practice, item in claimed]

    async def attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""
        await settle(self._database, KIND, way.practice, way.conversation, held_until, again)


async def look_again(
    connection: AsyncConnection, practice: PracticeId, conversation: ConversationId | None = None
) -> None:
    """What was promised is another time now, in the transaction that made it so: here, or in the whole practice."""
    mine: list[ColumnElement[bool]] = [queue.c.kind == KIND, queue.c.practice_id == practice]
    if conversation is not None:
        mine.append(queue.c.id == conversation)
    await connection.execute(
        update(queue).where(*mine).values(next_at=func.least(queue.c.next_at, func.now()))
    )
