"""Process notes as kept. Every transaction states whose it may see: the holder's of the pass, and nobody else's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.keys import OwnerKey
from messaging.memory.notes import OwnNotes, StoredProcess
from messaging.people import Role
from messaging.trust.access import Pass
from threads.database import Database, state_authors
from threads.notes.progress import still_caring
from threads.tables.conversations import conversations, members
from threads.tables.notes import process_notes
from threads.tables.people import data_keys, people

_n, _c, _m, _p = process_notes.c, conversations.c, members.c, people.c


class ProcessNotes:
    """See `messaging.memory.notes.ProcessNotes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, held: Pass, note: UUID) -> StoredProcess | None:
        """One of the holder's here."""
        rows = await self._read(held, select(process_notes).where(_own(held), _n.id == note))
        return rows[0] if rows else None

    async def page(self, held: Pass, before: UUID | None, limit: int) -> list[StoredProcess]:
        """The holder's here, the newest first."""
        query = select(process_notes).where(_own(held))
        if before is not None:
            query = query.where(_made_before(held, before))
        return await self._read(held, query.order_by(_n.made_at.desc(), _n.id.desc()).limit(limit))

    async def add(self, held: Pass, note: StoredProcess) -> bool:
        """A new one."""
        row = {
            _n.practice_id: held.practice,
            _n.conversation_id: held.conversation,
            _n.author_id: held.person,
            _n.id: note.id,
            _n.revision: note.revision,
            _n.made_at: note.made_at,
            _n.at: note.at,
            _n.sealed: note.sealed,
        }
        kept = still_caring(held, *(literal(value, column.type) for column, value in row.items()))
        made = insert(process_notes).from_select([one.name for one in row], kept).on_conflict_do_nothing()
        async with self._as(held) as connection:
            return (await connection.execute(made.returning(_n.id))).first() is not None

    async def replace(self, held: Pass, note: StoredProcess) -> bool:
        """The next revision."""
        changed = (
            update(process_notes)
            .where(_own(held), _n.id == note.id, _n.revision == note.revision - 1)
            .values(revision=note.revision, at=note.at, sealed=note.sealed)
        )
        async with self._as(held) as connection:
            return (await connection.execute(changed)).rowcount == 1

    async def remove(self, held: Pass, note: UUID) -> bool:
        """It is gone."""
        async with self._as(held) as connection:
            gone = await connection.execute(delete(process_notes).where(_own(held), _n.id == note))
            return gone.rowcount == 1

    async def keep_key(self, held: Pass, key: OwnerKey, at: datetime) -> None:
        """The holder's own key, unless there is one: whoever comes first decides which it is."""
        row = {"practice_id": held.practice, "owner_id": key.owner, "wrapped": key.wrapped, "created_at": at}
        async with self._database.within(held.practice) as connection:
            await connection.execute(insert(data_keys).values(**row).on_conflict_do_nothing())

    async def standing(self, practice: PracticeId) -> list[OwnNotes]:
        """Counts and times, of everybody who works in the practice."""
        about = process_notes.join(
            conversations, and_(_c.practice_id == _n.practice_id, _c.id == _n.conversation_id)
        )
        about = about.join(people, and_(_p.practice_id == _n.practice_id, _p.id == _n.author_id))
        place = and_(
            _m.practice_id == _n.practice_id,
            _m.conversation_id == _n.conversation_id,
            _m.person_id == _n.author_id,
        )
        columns = (_n.conversation_id, _n.author_id, _c.ended_at, _m.left_at, _p.active)
        query = (
            select(*columns, func.count().label("kept"))
            .select_from(about.outerjoin(members, place))
            .where(_n.practice_id == practice)
            .group_by(*columns)
            .order_by(_n.conversation_id, _n.author_id)
        )
        staff = select(_p.id).where(_p.practice_id == practice, _p.role != Role.CLIENT)
        async with self._database.within(practice) as connection:
            await state_authors(connection, (await connection.scalars(staff)).all())
            return [
                OwnNotes(
                    conversation=ConversationId(row.conversation_id),
                    author=PersonId(row.author_id),
                    ended_at=row.ended_at,
                    left_at=row.left_at,
                    let_go=not row.active,
                    count=row.kept,
                )
                for row in await connection.execute(query)
            ]

    async def erase(self, practice: PracticeId, what: OwnNotes) -> int:
        """All of one author about one conversation."""
        gone = delete(process_notes).where(
            _n.practice_id == practice,
            _n.conversation_id == what.conversation,
            _n.author_id == what.author,
        )
        async with self._database.within(practice) as connection:
            await state_authors(connection, [what.author])
            return (await connection.execute(gone)).rowcount

    async def _read(self, held: Pass, query: Any) -> list[StoredProcess]:
        async with self._as(held) as connection:
            return [_note(row) for row in await connection.execute(query)]

    @asynccontextmanager
    async def _as(self, held: Pass) -> AsyncIterator[AsyncConnection]:
        async with self._database.within(held.practice) as connection:
            await state_authors(connection, [held.person])
            yield connection


def _own(held: Pass) -> ColumnElement[bool]:
    return and_(
        _n.practice_id == held.practice,
        _n.conversation_id == held.conversation,
        _n.author_id == held.person,
    )


def _made_before(held: Pass, note: UUID) -> ColumnElement[bool]:
    named = process_notes.alias("named")
    return exists().where(
        named.c.practice_id == held.practice,
        named.c.conversation_id == held.conversation,
        named.c.author_id == held.person,
        named.c.id == note,
        tuple_(_n.made_at, _n.id) < tuple_(named.c.made_at, named.c.id),
    )


def _note(row: Any) -> StoredProcess:
    return StoredProcess(
        conversation=ConversationId(row.conversation_id),
        id=row.id,
        author=PersonId(row.author_id),
        revision=row.revision,
        made_at=row.made_at,
        at=row.at,
        sealed=row.sealed,
    )
