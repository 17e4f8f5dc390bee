"""Erasing one conversation: every row that refers to it, and its key."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.ending import Counts
from threads.bell import ring
from threads.ending.taking import Taking
from threads.tables.conversations import conversations, members
from threads.tables.exports import exports
from threads.tables.installation import queue
from threads.tables.mail import originals
from threads.tables.record import entries
from threads.tables.sessions import sessions, slots
from threads.tables.whole import metadata

WITH_IT: Final = tuple(
    one for one in metadata.sorted_tables if conversations in {fk.column.table for fk in one.foreign_keys}
)
"""Their rows refer to the conversation (`conversation_id`), as the tables themselves say."""


async def erase_conversation(connection: AsyncConnection, practice: PracticeId, named: UUID) -> Counts:
    """All of it, within one transaction. The row is locked first, as the writer locks it: no posting follows."""
    mine = (conversations.c.practice_id == practice, conversations.c.id == named)
    await connection.execute(select(conversations.c.id).where(*mine).with_for_update())
    taking = Taking(connection, practice)
    await taking.see_notes_of(
        select(members.c.person_id).where(
            members.c.practice_id == practice, members.c.conversation_id == named
        )
    )
    held = select(sessions.c.id).where(
        sessions.c.practice_id == practice, sessions.c.conversation_id == named
    )
    await taking.take(slots, slots.c.session_id.in_(held))
    await taking.take(originals, originals.c.conversation_id == named)
    await taking.take(exports, exports.c.conversation_id.is_(None))  # of the whole practice: it is in them
    for one in WITH_IT:
        # Who serves may not delete an entry: entries go with their conversation, by their foreign key.
        if one is entries:
            taking.rows[one.name] = await _entries_of(connection, practice, named)
        else:
            await taking.take(one, one.c.conversation_id == named)
    await connection.execute(delete(queue).where(queue.c.practice_id == practice, queue.c.lane == named))
    await taking.forget(named)
    await connection.execute(delete(conversations).where(*mine))
    await ring(connection, f"m {practice}/{named}")
    taking.rows[conversations.name] += 1
    return taking.rows


async def _entries_of(connection: AsyncConnection, practice: PracticeId, named: UUID) -> int:
    query = select(func.count()).where(entries.c.practice_id == practice, entries.c.conversation_id == named)
    return await connection.scalar(query) or 0
