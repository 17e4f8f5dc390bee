"""Progress notes as kept: a row a version, the newest of each note read, none ever changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from messaging.ids import ConversationId, PersonId
from messaging.memory.notes import StoredProgress
from messaging.people import Role
from messaging.trust.access import Pass, Slice, Way
from threads.database import Database
from threads.releasing.standing import SINCE, STANDS, UNTIL, asked_by
from threads.tables.conversations import conversations, members
from threads.tables.notes import progress_notes

_n, _m, _c = progress_notes.c, members.c, conversations.c


class ProgressNotes:
    """See `messaging.memory.notes.ProgressNotes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, held: Pass, note: StoredProgress) -> bool:
        """A version, where the holder still belongs to the conversation and the one before it is their newest."""
        row = {
            _n.practice_id: held.practice,
            _n.conversation_id: held.conversation,
            _n.id: note.id,
            _n.version: note.version,
            _n.author_id: held.person,
            _n.made_at: note.made_at,
            _n.at: note.at,
            _n.sealed: note.sealed,
        }
        values = [literal(value, column.type) for column, value in row.items()]
        kept = still_caring(held, *values).where(_follows(held, note))
        made = insert(progress_notes).from_select([one.name for one in row], kept).on_conflict_do_nothing()
        async with self._database.within(held.practice) as connection:
            return (await connection.execute(made.returning(_n.id))).first() is not None

    async def page(self, way: Way, before: UUID | None, limit: int) -> list[StoredProgress]:
        """The newest version of each note, the newest notes first."""
        query = _newest().where(_here(way), _seen_by(way))
        if before is not None:
            query = query.where(_made_before(way, before))
        return await self._read(way, query.order_by(_n.made_at.desc(), _n.id.desc()).limit(limit))

    async def versions(self, way: Way, note: UUID) -> list[StoredProgress]:
        """All of one note, in order."""
        query = select(progress_notes).where(_here(way), _seen_by(way), _n.id == note)
        return await self._read(way, query.order_by(_n.version))

    async def released(self, way: Slice, limit: int, now: datetime) -> list[StoredProgress]:
        """Those made in the time of the slice, the newest first; none once its release has ended."""
        query = _newest().where(
            STANDS,
            _n.practice_id == bindparam("practice"),
            _n.conversation_id == bindparam("conversation"),
            _n.made_at.between(SINCE, UNTIL),
        )
        query = query.order_by(_n.made_at.desc(), _n.id.desc()).limit(limit)
        async with self._database.within(way.practice) as connection:
            return [_note(row) for row in await connection.execute(query, asked_by(way, now))]

    async def _read(self, way: Way, query: Select[Any]) -> list[StoredProgress]:
        async with self._database.within(way.practice) as connection:
            return [_note(row) for row in await connection.execute(query)]


def still_caring(held: Pass, *values: ColumnElement[Any]) -> Select[Any]:
    """One row of these values while the holder is a clinician of the conversation: a pass is a statement about a moment.

    Whoever erases the conversation has its row locked; what comes after them finds none.
    """
    return (
        select(*values)
        .select_from(
            members.join(conversations, and_(_c.practice_id == _m.practice_id, _c.id == _m.conversation_id))
        )
        .where(
            _m.practice_id == held.practice,
            _m.conversation_id == held.conversation,
            _m.person_id == held.person,
            _m.left_at.is_(None),
            _m.role.not_in((Role.CLIENT, Role.ADMINISTRATOR)),
        )
        .with_for_update(read=True, key_share=True)
    )


def _follows(held: Pass, note: StoredProgress) -> ColumnElement[bool]:
    """The version before it stands, is the holder's, and did not take the note out of the record."""
    if note.version == 1:
        return true()
    former = progress_notes.alias("former")
    return exists().where(
        former.c.practice_id == held.practice,
        former.c.conversation_id == held.conversation,
        former.c.id == note.id,
        former.c.version == note.version - 1,
        former.c.author_id == held.person,
        former.c.sealed != literal(b"", LargeBinary),
    )


def _here(way: Way) -> ColumnElement[bool]:
    return and_(_n.practice_id == way.practice, _n.conversation_id == way.conversation)


def _made_before(way: Way, note: UUID) -> ColumnElement[bool]:
    named = progress_notes.alias("named")
    return exists().where(
        named.c.practice_id == way.practice,
        named.c.conversation_id == way.conversation,
        named.c.id == note,
        named.c.version == 1,
        tuple_(_n.made_at, _n.id) < tuple_(named.c.made_at, named.c.id),
    )


def _newest() -> Select[Any]:
    later = progress_notes.alias("later")
    return select(progress_notes).where(
        ~exists().where(
            later.c.practice_id == _n.practice_id,
            later.c.conversation_id == _n.conversation_id,
            later.c.id == _n.id,
            later.c.version > _n.version,
        )
    )


def _seen_by(way: Way) -> ColumnElement[bool]:
    """All of them by the server's own way; by a pass those made since its holder came, or all who reads from the start."""
    if not isinstance(way, Pass):
        return true()
    return exists().where(
        _m.practice_id == literal(way.practice, Uuid),
        _m.conversation_id == literal(way.conversation, Uuid),
        _reads(way.person),
    )


def _reads(person: PersonId) -> ColumnElement[bool]:
    belongs = and_(
        _m.person_id == person, _m.left_at.is_(None), _m.role.not_in((Role.CLIENT, Role.ADMINISTRATOR))
    )
    # Who stands in reads those made since they came, though the letter that waits were the first.
    reads_all = and_(_m.first_number == 1, _m.cover_absence.is_(None))
    return and_(belongs, or_(reads_all, _m.joined_at <= _n.made_at))


def _note(row: Any) -> StoredProgress:
    return StoredProgress(
        conversation=ConversationId(row.conversation_id),
        id=row.id,
        version=row.version,
        author=PersonId(row.author_id),
        made_at=row.made_at,
        at=row.at,
        sealed=row.sealed,
    )
