"""Wrapped keys: the installation's, the practices', and one for each conversation and person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.keys import OwnerKey
from threads.database import Database
from threads.tables.installation import installation
from threads.tables.people import data_keys


class Keys:
    """Reads wrapped keys; `keep_key` writes one beside what it belongs to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        """The wrapped key of an owner, None when it was destroyed."""
        query = select(data_keys.c.wrapped).where(
            data_keys.c.practice_id == practice, data_keys.c.owner_id == owner
        )
        async with self._database.within(practice) as connection:
            found: bytes | None = await connection.scalar(query)
            return found

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> dict[UUID, bytes]:
        """Those of the owners that have a key."""
        query = select(data_keys.c.owner_id, data_keys.c.wrapped).where(
            data_keys.c.practice_id == practice, data_keys.c.owner_id.in_(owners)
        )
        async with self._database.within(practice) as connection:
            return {row.owner_id: row.wrapped for row in await connection.execute(query)}

    async def installation_key(self) -> bytes | None:
        """The wrapped key of this installation, None before the first start."""
        async with self._database.anywhere() as connection:
            found: bytes | None = await connection.scalar(select(installation.c.wrapped_key))
            return found

    async def rewrap(self, practice: UUID, was: bytes, now: bytes) -> bool:
        """A practice's own key, wrapped anew. False when it is not `was` any more."""
        mine = (data_keys.c.practice_id == practice, data_keys.c.owner_id == practice)
        async with self._database.within(practice) as connection:
            done = await connection.execute(
                update(data_keys).where(*mine, data_keys.c.wrapped == was).values(wrapped=now)
            )
            return done.rowcount == 1

    async def rewrap_installation(self, was: bytes, now: bytes) -> bool:
        """The installation's key, wrapped anew; no sheet of it is on paper then. False when it is not `was` any more."""
        mine = update(installation).where(installation.c.wrapped_key == was)
        async with self._database.anywhere() as connection:
            return (await connection.execute(mine.values(wrapped_key=now, sheet_kept_at=None))).rowcount == 1

    async def sheet_kept_at(self) -> datetime | None:
        """Since when the recovery sheet of the present master key is known to be on paper."""
        async with self._database.anywhere() as connection:
            found: datetime | None = await connection.scalar(select(installation.c.sheet_kept_at))
            return found

    async def keep_sheet(self, wrapped: bytes, at: datetime) -> bool:
        """It is, from now on. False when the installation's key is not `wrapped` any more."""
        mine = update(installation).where(installation.c.wrapped_key == wrapped)
        async with self._database.anywhere() as connection:
            return (await connection.execute(mine.values(sheet_kept_at=at))).rowcount == 1

    async def keep_installation_key(self, wrapped: bytes, at: datetime) -> None:
        """Keeps it unless another server of this installation was faster."""
        async with self._database.anywhere() as connection:
            await connection.execute(
                upsert(installation)
                .values(id=1, wrapped_key=wrapped, created_at=at)
                .on_conflict_do_nothing(index_elements=["id"])
            )


async def keep_key(connection: AsyncConnection, practice: PracticeId, key: OwnerKey, at: datetime) -> None:
    """Within the transaction that makes its owner: no owner without a key, no key without an owner."""
    await connection.execute(
        insert(data_keys).values(practice_id=practice, owner_id=key.owner, wrapped=key.wrapped, created_at=at)
    )
