"""Entries found by what they are about; each is written with its entry (see effects)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from messaging.ids import ConversationId, PracticeId
from messaging.memory.record import StoredSubject
from messaging.memory.subjects import Concern, SubjectKind
from messaging.trust.access import Way, first_of
from threads.database import Database
from threads.record.thread import stored_entry
from threads.tables.record import entries, entry_subjects

_s, _e = entry_subjects.c, entries.c


class Subjects:
    """See `messaging.memory.record.Subjects`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_kinds(self, way: Way, kinds: Collection[SubjectKind], limit: int) -> list[StoredSubject]:
        """Those of the conversation, in order."""
        return await self._found(way, _s.kind.in_([one.value for one in kinds]), limit)

    async def about(self, way: Way, about: UUID, limit: int) -> list[StoredSubject]:
        """All about one subject of the conversation, in order."""
        return await self._found(way, _s.about == about, limit)

    async def conversation_of(self, practice: PracticeId, about: UUID) -> ConversationId | None:
        """Where an assignment was given."""
        query = select(_s.conversation_id).where(
            _s.practice_id == practice, _s.about == about, _s.kind == SubjectKind.ASSIGNED
        )
        async with self._database.within(practice) as connection:
            found = await connection.scalar(query)
        return None if found is None else ConversationId(found)

    async def _found(self, way: Way, which: ColumnElement[bool], limit: int) -> list[StoredSubject]:
        same = and_(
            _e.practice_id == _s.practice_id,
            _e.conversation_id == _s.conversation_id,
            _e.number == _s.number,
        )
        query = (
            select(entries, _s.kind.label("concern"), _s.about, _s.place, _s.raised)
            .join(entry_subjects, same)
            .where(
                _s.practice_id == way.practice,
                _s.conversation_id == way.conversation,
                _s.number >= first_of(way),
                which,
            )
            .order_by(_s.number.desc())
            .limit(limit)
        )
        async with self._database.within(way.practice) as connection:
            return [_subject(row) for row in reversed((await connection.execute(query)).all())]


def _subject(row: Any) -> StoredSubject:
    return StoredSubject(
        Concern(SubjectKind(row.concern), row.about, row.place, row.raised), stored_entry(row)
    )
