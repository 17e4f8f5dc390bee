"""Releases: made and ended in the transaction of the event that says so. What they lead to is read in its own room."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.releasing import StoredRelease
from messaging.releases import EndRelease, MakeRelease, Part, Release
from messaging.trust.access import Way
from threads.database import Database
from threads.queue import claim, settle
from threads.tables.releases import releases

KIND: Final = "release"
"""Of what waits in the queue until a release expires."""
TO_ONE: Final = 200
"""Releases to one person that stand at once and are listed: more than anybody reads by."""

_r = releases.c


class Releases:
    """See `messaging.memory.releasing.Releases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, practice: PracticeId, release: UUID) -> StoredRelease | None:
        """One of the practice."""
        found = await self._read(practice, _r.id == release, limit=1)
        return found[0] if found else None

    async def of(self, way: Way, limit: int) -> list[StoredRelease]:
        """Those of a conversation, the newest first."""
        return await self._read(way.practice, _r.conversation_id == way.conversation, limit=limit)

    async def to(self, practice: PracticeId, receiver: PersonId, now: datetime) -> list[StoredRelease]:
        """Those that somebody may read now, the newest first."""
        return await self._read(
            practice, _r.receiver_id == receiver, _r.ended_at.is_(None), _r.expires_at > now, limit=TO_ONE
        )

    async def due(self, now: datetime, lease: timedelta, limit: int) -> Sequence[tuple[PracticeId, UUID]]:
        """Claims those that have expired, until `now + lease`."""
        claimed = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        return [(PracticeId(practice), item) for practice, item in claimed]

    async def attended(
        self, practice: PracticeId, release: UUID, held_until: datetime, again: datetime | None
    ) -> None:
        """Done with for now."""
        await settle(self._database, KIND, practice, release, held_until, again)

    async def _read(
        self, practice: PracticeId, *which: ColumnElement[bool], limit: int
    ) -> list[StoredRelease]:
        query = select(releases).where(_r.practice_id == practice, *which)
        query = query.order_by(_r.made_at.desc(), _r.id.desc()).limit(limit)
        async with self._database.within(practice) as connection:
            return [_release(row) for row in await connection.execute(query)]


def release_statements(effect: MakeRelease | EndRelease) -> list[tuple[str, tuple[Any, ...]]]:
    """What changes in the transaction of its event, after practice and conversation."""
    if isinstance(effect, EndRelease):
        return [(_END, (effect.id, effect.at)), (_UNQUEUE, (effect.id,))]
    one = effect.release
    kept = (
        one.id,
        one.giver,
        one.receiver,
        one.made_at,
        " ".join(sorted(one.parts)),
        one.since,
        one.until,
        one.expires,
        effect.sealed,
    )
    return [(_MAKE, kept), (_QUEUE, (one.id, one.expires))]


def _release(row: Any) -> StoredRelease:
    release = Release(
        practice=PracticeId(row.practice_id),
        conversation=ConversationId(row.conversation_id),
        id=row.id,
        giver=PersonId(row.giver_id),
        receiver=PersonId(row.receiver_id),
        made_at=row.made_at,
        parts=frozenset(map(Part, row.parts.split())),
        since=row.since,
        until=row.until,
        expires=row.expires_at,
        ended_at=row.ended_at,
    )
    return StoredRelease(release, row.sealed)


_MAKE: Final = """
insert into releases (practice_id, conversation_id, id, giver_id, receiver_id, made_at, parts, since, until, expires_at,
                      sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_QUEUE: Final = "insert into queue (kind, practice_id, id, next_at, lane) values ('release', $1, $3, $4, $2)"
# Whoever has it open is told with the commit (`threads.bell`).
_END: Final = """
with over as (
    update releases set ended_at = $4
     where practice_id = $1 and conversation_id = $2 and id = $3 and ended_at is null returning receiver_id
)
select pg_notify('quietline', 'e ' || $1::text || '/' || receiver_id || '/' || $2::text || '/' || $3::text) from over
"""
_UNQUEUE: Final = (
    "delete from queue where kind = 'release' and practice_id = $1 and id = $3 and $2::uuid is not null"
)
