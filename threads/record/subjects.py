"""Entries found by what they are about; each is written with its entry (see effects)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, text

from messaging.ids import ConversationId, EntryId, PracticeId
from messaging.memory.record import StoredSubject
from messaging.memory.subjects import Concern, SubjectKind, Unread
from messaging.trust.access import Errand, Way, first_of
from threads.database import Database
from threads.queue import claim, settle
from threads.record.thread import stored_entry
from threads.tables.record import UNREAD, entries, entry_subjects

_s, _e = entry_subjects.c, entries.c
RAISED: Final = "raised"
"""In the queue: a conversation in which something is to be read first."""
_UNREAD: Final = text(f"""
select e.number, e.id, e.at from entry_subjects s
  join entries e on e.practice_id = s.practice_id and e.conversation_id = s.conversation_id and e.number = s.number
 where s.practice_id = :practice and s.conversation_id = :conversation and {UNREAD}
 order by e.number limit :most
""")  # noqa: S608 - made of the text above


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

    async def unread_raised(self, way: Errand, limit: int) -> list[Unread]:
        """In order."""
        asked = {"practice": way.practice, "conversation": way.conversation, "most": limit}
        async with self._database.within(way.practice) as connection:
            rows = (await connection.execute(_UNREAD, asked)).all()
        return [Unread(row.number, EntryId(row.id), row.at) for row in rows]

    async def raised_due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations until `now + lease`."""
        claimed = await claim(self._database, RAISED, now, lease.total_seconds(), limit)
        return [(PracticeId(practice), ConversationId(item)) for practice, item in claimed]

    async def raised_attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""
        await settle(self._database, RAISED, way.practice, way.conversation, held_until, again)

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
