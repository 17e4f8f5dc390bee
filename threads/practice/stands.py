"""How far conversations have come, of many at once: what is asked for those who follow them or look at their inbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Uuid, and_, any_, column, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.conversations import Stand
from threads.tables.conversations import conversations, members

CHANGED: Final = 1_000
"""Conversations told of after a time without the bell: several caseloads."""


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


async def changed_of(
    connection: AsyncConnection, practice: PracticeId, people: Sequence[PersonId], since: datetime
) -> list[ConversationId]:
    """Conversations of these people with an entry since; the newest, where there are very many."""
    c, m = conversations.c, members.c
    query = (
        select(c.id)
        .where(
            c.practice_id == practice,
            c.last_at >= since,
            exists().where(
                m.practice_id == c.practice_id,
                m.conversation_id == c.id,
                m.person_id == any_(literal(list(people), ARRAY(Uuid))),
                m.left_at.is_(None),
            ),
        )
        .order_by(c.last_at.desc())
        .limit(CHANGED)
    )
    return [ConversationId(found) for found in await connection.scalars(query)]
