"""Erasing a practice: every row of it but the audit trail, and every key. In the directory stays that it was erased."""

from typing import Final

from sqlalchemy import delete, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.ending import Counts
from threads.ending.taking import Taking
from threads.tables.installation import ERASED, directory
from threads.tables.people import people, practices
from threads.tables.record import entries
from threads.tables.trail import trail
from threads.tables.whole import metadata

STAYS: Final = (practices, trail)
"""The trail says who erased it and when; the practice's own row, emptied, is what it belongs to."""


async def erase_practice(connection: AsyncConnection, practice: PracticeId) -> Counts:
    """Within one transaction, rows before those they refer to. Entries go with their conversations."""
    taking = Taking(connection, practice)
    await taking.see_notes_of(select(people.c.id).where(people.c.practice_id == practice))
    words = select(func.count()).where(entries.c.practice_id == practice)
    taking.rows[entries.name] = await connection.scalar(words) or 0
    for table in reversed(metadata.sorted_tables):
        if table is entries or table in STAYS or "practice_id" not in table.columns:
            continue
        # What waits for a row is in the queue, which goes whole.
        gone = await connection.execute(delete(table).where(table.c.practice_id == practice, true()))
        taking.rows[table.name] += gone.rowcount
    found_by = {"kind": ERASED, "hash": practice.bytes, "practice_id": practice, "target_id": practice}
    await connection.execute(insert(directory).values(**found_by))
    empty = {"slug": f"erased-{practice}", "name": "", "mail_domain": None, "numbers": None, "settings": None}
    await connection.execute(update(practices).where(practices.c.practice_id == practice).values(**empty))
    taking.rows[practices.name] += 1
    return taking.rows
