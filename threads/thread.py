"""A thread as kept: numbered, sealed entries, read by number and never by clock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from messaging.ids import ConversationId, EntryId, LetterId, PersonId, PracticeId, SessionId
from messaging.messages import Channel, EntryKind
from messaging.stored import StoredEntry
from threads.database import Database
from threads.tables import attachments, entries, message_ids

_e = entries.c


class Threads:
    """The record, read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(
        self, practice: PracticeId, conversation: ConversationId, number: int, limit: int
    ) -> list[StoredEntry]:
        """Entries with numbers above `number`, in order."""
        return await self._read(practice, conversation, _e.number > number, _e.number, limit)

    async def before(
        self, practice: PracticeId, conversation: ConversationId, number: int, limit: int
    ) -> list[StoredEntry]:
        """The last `limit` entries with numbers below `number`, in order."""
        found = await self._read(practice, conversation, _e.number < number, _e.number.desc(), limit)
        return found[::-1]

    async def numbered(
        self, practice: PracticeId, conversation: ConversationId, number: int
    ) -> StoredEntry | None:
        """One entry."""
        found = await self._read(practice, conversation, _e.number == number, _e.number, 1)
        return found[0] if found else None

    async def _read(
        self, practice: PracticeId, conversation: ConversationId, condition: Any, order: Any, limit: int
    ) -> list[StoredEntry]:
        query = (
            select(entries)
            .where(_e.practice_id == practice, _e.conversation_id == conversation, condition)
            .order_by(order)
            .limit(limit)
        )
        async with self._database.within(practice) as connection:
            return [stored_entry(row) for row in await connection.execute(query)]

    async def letter_by_message_ids(
        self, practice: PracticeId, conversation: ConversationId, hashes: Sequence[bytes]
    ) -> LetterId | None:
        """The letter thread of the first of these Message-IDs this conversation knows.

        One query, scoped to the conversation: a stranger's In-Reply-To can never place a letter elsewhere.
        """
        query = select(message_ids.c.hash, message_ids.c.letter_id).where(
            message_ids.c.practice_id == practice,
            message_ids.c.conversation_id == conversation,
            message_ids.c.hash.in_(hashes),
        )
        async with self._database.within(practice) as connection:
            known = {row.hash: row.letter_id for row in await connection.execute(query)}
        return next((LetterId(known[h]) for h in hashes if h in known), None)

    async def attachment(
        self, practice: PracticeId, conversation: ConversationId, attachment: UUID
    ) -> bytes | None:
        """The sealed bytes of an attachment of this conversation."""
        query = select(attachments.c.sealed).where(
            attachments.c.practice_id == practice,
            attachments.c.conversation_id == conversation,
            attachments.c.id == attachment,
        )
        async with self._database.within(practice) as connection:
            found: bytes | None = await connection.scalar(query)
            return found


def stored_entry(row: Any) -> StoredEntry:
    """An entry from its row."""
    return StoredEntry(
        conversation=ConversationId(row.conversation_id),
        number=row.number,
        id=EntryId(row.id),
        author=PersonId(row.author_id),
        kind=EntryKind(row.kind),
        channel=Channel(row.channel),
        at=row.at,
        key=row.key,
        session=None if row.session_id is None else SessionId(row.session_id),
        letter=None if row.letter_id is None else LetterId(row.letter_id),
        sealed=row.sealed,
    )
