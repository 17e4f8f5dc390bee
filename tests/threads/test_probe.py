"""Whether words would be kept right now: asked by a write, and by one write for all who ask together."""

import asyncio

import asyncpg
import pytest

from tests.conftest import TestDatabase
from threads import probe
from threads.connection.limits import Limits
from threads.database import connector
from threads.probe import Probe


async def test_however_many_ask_at_once_one_write_answers_all_of_them_alike(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0
    truly = probe._write

    async def counted(connection: asyncpg.Connection, asked: list[None]) -> list[None]:
        nonlocal written
        written += 1
        return await truly(connection, asked)

    monkeypatch.setattr(probe, "_write", counted)
    limits = Limits()
    asking = Probe(connector(database.accesses.app.url(), limits), limits)
    running = asyncio.create_task(asking.run())
    try:
        answers = await asyncio.gather(*(asking.writes() for _ in range(500)))
    finally:
        running.cancel()
    assert set(answers) == {True}
    assert written == 1
