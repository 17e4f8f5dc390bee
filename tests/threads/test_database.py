"""The pool after a restart of the database: who comes first is served, not told to come back."""

import asyncio

import pytest
from sqlalchemy import text

from tests.conftest import TestDatabase
from threads.database import POOL, Database, connector


@pytest.mark.parametrize("borrowers", [1, POOL])
async def test_who_comes_first_after_the_server_ended_its_connections_is_served(
    database: TestDatabase, borrowers: int
) -> None:
    pool = Database(connector(**database.accesses.app.connect_kwargs()))
    try:
        before = await _who_serve(pool, POOL)
        await _end_all(database, before)
        assert not before & await _who_serve(pool, borrowers)
    finally:
        await pool.close()


async def _who_serve(pool: Database, borrowers: int) -> set[int]:
    """The processes behind so many connections, borrowed at the same time."""
    all_there = asyncio.Barrier(borrowers)

    async def borrow() -> int:
        async with pool.within() as connection:
            await all_there.wait()
            return int(await connection.scalar(text("select pg_backend_pid()")))

    return set(await asyncio.gather(*(borrow() for _ in range(borrowers))))


async def _end_all(database: TestDatabase, served: set[int]) -> None:
    """As a restart does: every socket is closed by the server, and this loop has seen it."""
    other = Database(connector(**database.accesses.app.connect_kwargs()))
    try:
        async with other.anywhere() as connection:
            for pid in served:
                await connection.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    finally:
        await other.close()
