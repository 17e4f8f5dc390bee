"""Taking rows away: those of one table, and the work that waits for them in the queue."""

from collections import Counter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from threads.database import state_authors
from threads.tables.drafts import pending_letters
from threads.tables.exports import exports
from threads.tables.installation import directory, queue
from threads.tables.mail import originals, outbox, reply_tokens
from threads.tables.people import data_keys
from threads.tables.record import attachments
from threads.tables.sessions import sessions

QUEUED: Final[dict[Table, Column[UUID]]] = {
    outbox: outbox.c.id,
    originals: originals.c.id,
    attachments: attachments.c.id,
    sessions: sessions.c.id,
    pending_letters: pending_letters.c.queued_as,
    exports: exports.c.id,
}
"""Whose work waits in the queue, and under which name."""


class Taking:
    """Deletes within one practice and one transaction, and counts what went."""

    def __init__(self, connection: AsyncConnection, practice: PracticeId) -> None:
        self.connection = connection
        self.practice = practice
        self.rows: Counter[str] = Counter()  # bound: one for each table

    async def see_notes_of(self, people: Select[Any]) -> None:
        """Process notes of these people are seen from now on, to be taken away and counted: never to be read."""
        await state_authors(self.connection, (await self.connection.scalars(people)).all())

    async def take(self, table: Table, which: ColumnElement[bool]) -> None:
        """These rows of a table, and what waits for them."""
        mine = (table.c.practice_id == self.practice, which)
        if table in QUEUED:
            named = select(QUEUED[table]).where(*mine)
            await self.connection.execute(
                delete(queue).where(queue.c.practice_id == self.practice, queue.c.id.in_(named))
            )
        if table is reply_tokens:  # they are found by the same hash
            hashes = select(reply_tokens.c.hash).where(*mine)
            await self.connection.execute(
                delete(directory).where(
                    directory.c.kind == "reply",
                    directory.c.practice_id == self.practice,
                    directory.c.hash.in_(hashes),
                )
            )
        self.rows[table.name] += (await self.connection.execute(delete(table).where(*mine))).rowcount

    async def forget(self, named: UUID) -> None:
        """Its key, its names in the directory, and work that waits under its own id."""
        await self.connection.execute(
            delete(data_keys).where(data_keys.c.practice_id == self.practice, data_keys.c.owner_id == named)
        )
        await self.connection.execute(
            delete(directory).where(directory.c.practice_id == self.practice, directory.c.target_id == named)
        )
        await self.connection.execute(
            delete(queue).where(queue.c.practice_id == self.practice, queue.c.id == named)
        )
