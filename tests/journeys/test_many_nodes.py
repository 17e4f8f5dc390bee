"""Three server processes on one database: one is killed under load, then every bell is lost, and nobody notices but us."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import pytest

from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.journeys.history import Findings, History, judge
from tests.journeys.pairs import PATIENCE, all_answered, pairs_of, records
from tests.journeys.talking import call
from threads.bell import CHANNEL

NODES: Final = 3
PAIRS: Final = 12

ID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NODE: Final = "[0-9a-f]{12}"
MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
PAYLOADS: Final = re.compile(
    f"n {NODE}( {ID}/{ID}/[0-9]+)+"
    f"|m {ID}/{ID}|o {ID}|r|a {NODE}|b {NODE} {NODE}"
    f"|[pqht] {NODE}( {ID}/{ID}/{MOMENT}/{ID}(,{ID})*/[01]?)+"
)
"""All that may ever ring here: ids, numbers and times. Nobody says a word by one tap in this journey."""
LISTENING: Final = """
select pid from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid() and application_name like 'quietline %'
   and (query ilike 'listen %' or query = 'select pg_notify($1, $2)' or query = 'select 1')
"""
"""Who waits for the bell: nothing else here says that it has come in these words, nor asks for 1 (the heartbeat)."""


@dataclass
class Watcher:
    """An ear of our own beside the servers'."""

    connection: asyncpg.Connection
    heard: list[str] = field(default_factory=list)

    async def listening(self) -> set[int]:
        """The connections that listen for the servers."""
        return {row["pid"] for row in await self.connection.fetch(LISTENING)}

    async def lose_all_bells(self) -> None:
        """Ends them all, and waits until as many listen again."""
        lost = await self.listening()
        assert len(lost) >= NODES
        await self.connection.execute("select pg_terminate_backend(p) from unnest($1::int[]) p", list(lost))
        async with asyncio.timeout(PATIENCE):
            while len(await self.listening() - lost) < len(lost):
                await self.connection.execute("select pg_sleep(0.05)")


@pytest.fixture
async def watcher(database: TestDatabase) -> AsyncIterator[Watcher]:
    connection = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    made = Watcher(connection)
    await connection.add_listener(CHANNEL, lambda *heard: made.heard.append(str(heard[-1])))
    yield made
    await connection.close()


@asynccontextmanager
async def three_servers(database: TestDatabase) -> AsyncIterator[list[RunningServer]]:
    roles = ("--roles", "web")
    starting = [asyncio.to_thread(start_server, database.environment(), *roles) for _ in range(NODES)]
    servers = await asyncio.gather(*starting)
    try:
        yield servers
    finally:
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers))


async def test_a_node_is_killed_and_all_bells_are_lost_and_nothing_is_lost_doubled_or_reordered(
    database: TestDatabase, cast: Cast, watcher: Watcher
) -> None:
    history = History()
    async with three_servers(database) as servers:
        speakers = await pairs_of(cast, PAIRS, [server.live for server in servers], history)
        async with asyncio.TaskGroup() as group:
            talking = [group.create_task(speaker.run()) for speaker in speakers]
            await all_answered(speakers)
            killed, *left = servers
            its_own = [speaker for speaker in speakers if speaker.home == killed.live]
            assert len(its_own) == 2 * PAIRS // NODES
            killed.process.kill()
            await all_answered(speakers)
            assert {speaker.home for speaker in its_own} == {server.live for server in left}
            await watcher.lose_all_bells()
            await all_answered(speakers)
            kept = await records(speakers, left[0])
            for task in talking:
                task.cancel()
        for server in left:
            status, _ = await call(server, speakers[0].token, "GET", "/me")
            assert status == 200
    assert judge(history, kept).lines() == Findings().lines()
    assert len(history.acked) > 6 * PAIRS
    _assert_no_words(watcher.heard, history)


def _assert_no_words(heard: list[str], history: History) -> None:
    assert {payload[0] for payload in heard} >= {"n", "p"}
    assert [payload for payload in heard if not PAYLOADS.fullmatch(payload)] == []
    keys: set[Any] = {key for _, key in history.asked}
    assert not any(key in payload for payload in heard for key in keys)
