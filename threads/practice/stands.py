"""How far conversations have come, of many at once and of many practices."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Uuid, and_, column, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId, PracticeId
from messaging.memory.conversations import Stand
from threads.tables.conversations import conversations


async def stands_of(
    connection: AsyncConnection, asked: Sequence[tuple[PracticeId, ConversationId]]
) -> dict[ConversationId, Stand]:
    """Of those that are there; the transaction has stated their practices."""
    c = conversations.c
    practices, ids = [practice for practice, _ in asked], [conversation for _, conversation in asked]
    a = (
        func.unnest(literal(practices, ARRAY(Uuid)), literal(ids, ARRAY(Uuid)))
        .table_valued(column("practice", Uuid), column("asked", Uuid), name="a")
        .render_derived()
    )
    found = await connection.execute(
        select(c.id, c.last_number, c.revision).join(
            a, and_(a.c.practice == c.practice_id, a.c.asked == c.id)
        )
    )
    return {ConversationId(row.id): Stand(row.last_number, row.revision) for row in found}
