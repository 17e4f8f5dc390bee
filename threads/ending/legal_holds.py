"""Legal holds, as columns of what they are on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.ending import Erasable, Erasing, LegalHold
from messaging.people import Role
from threads.database import Database
from threads.tables.conversations import conversations, members
from threads.tables.people import people

HOLDABLE: Final = ((Erasable.CONVERSATION, conversations), (Erasable.PERSON, people))
"""What a hold can be on, and where it stands. Of a practice what is held is held one by one."""
ON: Final[dict[Erasable, Table]] = dict(HOLDABLE)


class LegalHolds:
    """See `messaging.memory.ending.Endings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self, one: Erasing) -> LegalHold | None:
        """The hold that erasing it would break."""
        async with self._database.within(one.practice) as connection:
            for what, table in ON.items():
                query = (
                    select(table.c.id, table.c.legal_hold_at)
                    .where(
                        table.c.practice_id == one.practice,
                        table.c.legal_hold_at.is_not(None),
                        TOUCHED[what, one.what](one.id),
                    )
                    .order_by(table.c.legal_hold_at)
                    .limit(1)
                )
                row = (await connection.execute(query)).one_or_none()
                if row is not None:
                    return LegalHold(what, one.practice, row.id, row.legal_hold_at)
        return None

    async def hold(self, one: Erasing, since: datetime | None) -> bool | None:
        """Holds it from now on, or no more. False where that changes nothing, None where there is no such thing."""
        table = ON[one.what]
        mine = (table.c.practice_id == one.practice, table.c.id == one.id)
        async with self._database.within(one.practice) as connection:
            found = await connection.execute(select(table.c.legal_hold_at).where(*mine).with_for_update())
            row = found.one_or_none()
            if row is None or (one.what is Erasable.PERSON and not await _is_client(connection, one)):
                return None
            if (row.legal_hold_at is None) is (since is None):
                return False
            await connection.execute(update(table).where(*mine).values(legal_hold_at=since))
            return True

    async def holds(self, practice: PracticeId) -> Sequence[LegalHold]:
        """All of a practice, the oldest first."""
        found: list[LegalHold] = []  # bound: what somebody has held, one by one
        async with self._database.within(practice) as connection:
            for what, table in ON.items():
                query = select(table.c.id, table.c.legal_hold_at).where(
                    table.c.practice_id == practice, table.c.legal_hold_at.is_not(None)
                )
                rows = await connection.execute(query)
                found += [LegalHold(what, practice, row.id, row.legal_hold_at) for row in rows]
        return sorted(found, key=lambda one: one.since)


async def _is_client(connection: AsyncConnection, one: Erasing) -> bool:
    """Of who works in a practice nothing is erased, so nothing need be held; nor of whom nothing is left."""
    query = select(people.c.id).where(
        people.c.practice_id == one.practice,
        people.c.id == one.id,
        people.c.role == Role.CLIENT,
        people.c.sealed != b"",
    )
    return await connection.scalar(query) is not None


def _clients_beside(person: UUID) -> ColumnElement[bool]:
    """Themselves, and the clients who share a conversation with them: what one wrote is what the other answered."""
    theirs = members.alias("theirs")
    beside = exists().where(
        members.c.practice_id == people.c.practice_id,
        members.c.person_id == people.c.id,
        members.c.role == Role.CLIENT,
        theirs.c.practice_id == members.c.practice_id,
        theirs.c.conversation_id == members.c.conversation_id,
        theirs.c.person_id == person,
    )
    return or_(people.c.id == person, beside)


def _clients_of(conversation: UUID) -> ColumnElement[bool]:
    return exists().where(
        members.c.practice_id == people.c.practice_id,
        members.c.person_id == people.c.id,
        members.c.role == Role.CLIENT,
        members.c.conversation_id == conversation,
    )


def _conversations_of(person: UUID) -> ColumnElement[bool]:
    return exists().where(
        members.c.practice_id == conversations.c.practice_id,
        members.c.conversation_id == conversations.c.id,
        members.c.person_id == person,
    )


TOUCHED: Final[dict[tuple[Erasable, Erasable], Callable[[UUID], ColumnElement[bool]]]] = {
    (Erasable.CONVERSATION, Erasable.CONVERSATION): lambda one: conversations.c.id == one,
    (Erasable.CONVERSATION, Erasable.PERSON): _conversations_of,
    (Erasable.PERSON, Erasable.CONVERSATION): _clients_of,
    (Erasable.PERSON, Erasable.PERSON): _clients_beside,
    (Erasable.CONVERSATION, Erasable.PRACTICE): lambda one: conversations.c.practice_id == one,
    (Erasable.PERSON, Erasable.PRACTICE): lambda one: people.c.practice_id == one,
}
"""Which held things the erasing of another would touch: (what is held, what would be erased)."""
