"""Ways back in as kept: each link is used in one statement, so that of two hands one is in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PersonId, PracticeId
from messaging.memory.entrance import StoredPhrase, StoredWayBack
from threads.database import Database
from threads.tables.people import recovery_phrases, ways_back

_w, _p = ways_back.c, recovery_phrases.c


class WaysBack:
    """See `messaging.memory.entrance.WaysBack`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, practice: PracticeId, person: PersonId) -> StoredWayBack | None:
        """How it stands with them."""
        return await self._one(practice, _w.person_id == person)

    async def by_link(self, practice: PracticeId, hashed: bytes) -> StoredWayBack | None:
        """Whose link this is, whether it still counts or not."""
        return await self._one(practice, _w.link_hash == hashed)

    async def _one(self, practice: PracticeId, condition: ColumnElement[bool]) -> StoredWayBack | None:
        query = select(ways_back).where(_w.practice_id == practice, condition)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _way_back(row)

    async def keep_link(self, practice: PracticeId, person: PersonId, hashed: bytes, until: datetime) -> None:
        """A fresh link; the former opens nothing any more."""
        new = upsert(ways_back).values(
            practice_id=practice, person_id=person, link_hash=hashed, link_until=until
        )
        kept = new.on_conflict_do_update(
            index_elements=["practice_id", "person_id"],
            set_={"link_hash": new.excluded.link_hash, "link_until": new.excluded.link_until},
        )
        async with self._database.within(practice) as connection:
            await connection.execute(kept)

    async def spend_link(self, practice: PracticeId, hashed: bytes) -> bool:
        """The link is used, and the wish over with it. True for the one caller who used it."""
        used = delete(ways_back).where(_w.practice_id == practice, _w.link_hash == hashed)
        async with self._database.within(practice) as connection:
            return (await connection.execute(used)).rowcount == 1

    async def wish(self, practice: PracticeId, person: PersonId, at: datetime) -> bool:
        """Somebody is asked for their yes. False when somebody is already."""
        wished = (
            update(ways_back)
            .where(*_theirs(practice, person), _w.wished_at.is_(None))
            .values(wished_at=at, yes_by=None, yes_at=None, stop_hash=None)
        )
        async with self._database.within(practice) as connection:
            return (await connection.execute(wished)).rowcount == 1

    async def say_yes(
        self, practice: PracticeId, person: PersonId, by: PersonId, at: datetime, stop: bytes
    ) -> bool:
        """The wait begins; `stop`: what ends it from outside. False when nobody wishes, or yes was said."""
        said = (
            update(ways_back)
            .where(*_theirs(practice, person), _w.wished_at.is_not(None), _w.yes_at.is_(None))
            .values(yes_by=by, yes_at=at, stop_hash=stop)
        )
        async with self._database.within(practice) as connection:
            return (await connection.execute(said)).rowcount == 1

    async def stop(self, practice: PracticeId, hashed: bytes) -> PersonId | None:
        """Ends what this stops; whose it was."""
        ended = (
            delete(ways_back)
            .where(_w.practice_id == practice, _w.stop_hash == hashed)
            .returning(_w.person_id)
        )
        async with self._database.within(practice) as connection:
            whose = await connection.scalar(ended)
        return None if whose is None else PersonId(whose)

    async def end(self, practice: PracticeId, person: PersonId) -> bool:
        """Neither link nor wish any more. False when there was none."""
        async with self._database.within(practice) as connection:
            return await end_way_back(connection, practice, person)

    async def wished(self, practice: PracticeId) -> list[StoredWayBack]:
        """Those of the practice who wish, longest first: few, and nearly always none."""
        query = (
            select(ways_back)
            .where(_w.practice_id == practice, _w.wished_at.is_not(None))
            .order_by(_w.wished_at)
        )
        async with self._database.within(practice) as connection:
            return [_way_back(row) for row in await connection.execute(query)]

    async def phrase(self, practice: PracticeId, person: PersonId) -> StoredPhrase | None:
        """Their recovery phrase."""
        query = select(recovery_phrases).where(_p.practice_id == practice, _p.person_id == person)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else StoredPhrase(row.hash, row.made_at)

    async def keep_phrase(self, practice: PracticeId, person: PersonId, hashed: str, at: datetime) -> None:
        """A fresh one; the former is none any more."""
        new = upsert(recovery_phrases).values(practice_id=practice, person_id=person, hash=hashed, made_at=at)
        kept = new.on_conflict_do_update(
            index_elements=["practice_id", "person_id"],
            set_={"hash": new.excluded.hash, "made_at": new.excluded.made_at},
        )
        async with self._database.within(practice) as connection:
            await connection.execute(kept)


async def end_way_back(connection: AsyncConnection, practice: PracticeId, person: PersonId) -> bool:
    """Within a transaction of somebody else's: a link is good for the address it went to, and for who is here."""
    return (await connection.execute(delete(ways_back).where(*_theirs(practice, person)))).rowcount == 1


def _theirs(practice: PracticeId, person: PersonId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (_w.practice_id == practice, _w.person_id == person)


def _way_back(row: Any) -> StoredWayBack:
    return StoredWayBack(
        practice=PracticeId(row.practice_id),
        person=PersonId(row.person_id),
        link_until=row.link_until,
        wished_at=row.wished_at,
        yes_at=row.yes_at,
    )
