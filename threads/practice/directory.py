"""The directory: which practice a name, an address or a token belongs to. Keyed hashes and ids only."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, literal, select

from messaging.ids import PracticeId
from threads.database import Database
from threads.tables.installation import ERASED, directory


class Directory:
    """Which practice does a name, address or token belong to? Keyed hashes and ids only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, kind: str, hashed: bytes) -> list[tuple[PracticeId, UUID]]:
        """All practices and targets known under this hash."""
        query = select(directory.c.practice_id, directory.c.target_id).where(
            directory.c.kind == kind, directory.c.hash == hashed
        )
        async with self._database.anywhere() as connection:
            return [(PracticeId(row.practice_id), row.target_id) for row in await connection.execute(query)]

    async def find_many(self, kind: str, hashes: Sequence[bytes]) -> dict[bytes, tuple[PracticeId, UUID]]:
        """The practice and target of each hash that is known, for thousands at once."""
        query = select(directory.c.hash, directory.c.practice_id, directory.c.target_id).where(
            directory.c.kind == kind, directory.c.hash == any_(literal(hashes, ARRAY(LargeBinary)))
        )
        async with self._database.anywhere() as connection:
            rows = await connection.execute(query)
            return {row.hash: (PracticeId(row.practice_id), row.target_id) for row in rows}

    async def practices(self) -> list[PracticeId]:
        """Every practice of the installation."""
        return await self._practices("practice")

    async def erased_practices(self) -> list[PracticeId]:
        """Those that were erased."""
        return await self._practices(ERASED)

    async def _practices(self, kind: str) -> list[PracticeId]:
        query = select(directory.c.practice_id).where(directory.c.kind == kind)
        async with self._database.anywhere() as connection:
            return [PracticeId(i) for i in await connection.scalars(query)]
