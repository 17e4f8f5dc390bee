"""A node knows who else is at its database, and rings where anybody may be."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.conftest import TestDatabase, own_database
from threads.database import Database, connector
from threads.nodes.neighbours import Neighbours

OURS, THEIRS = "0" * 12, "1" * 12


class Heard:
    """What was rung, and which gaps were asked for."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.gaps: list[float] = []
        self.something = asyncio.Event()

    async def ring(self, payload: str) -> None:
        """Rings."""
        self.rung.append(payload)
        self.something.set()


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """A database at which nobody else is."""
    with own_database(tmp_path_factory.mktemp("nodes")) as made:
        yield made


@asynccontextmanager
async def connected(apart: TestDatabase, node: str) -> AsyncIterator[Database]:
    """A process with this name has a connection."""
    base = Database(connector(node=node, **apart.accesses.app.connect_kwargs()), size=1)
    try:
        async with base.anywhere():
            pass
        yield base
    finally:
        await base.close()


async def ended(apart: TestDatabase, *, there: int) -> None:
    """Until the database has noticed who is gone."""
    look = await connector(node=OURS, **apart.accesses.app.connect_kwargs())()
    asked = "select count(distinct application_name) from pg_stat_activity where application_name like 'quietline%'"
    async with asyncio.timeout(20):
        while await look.fetchval(asked) > there:
            pass
    await look.close()


@pytest.mark.parametrize("other", [THEIRS, ""], ids=["a node", "a node of 0.1"])
async def test_who_is_there_is_asked_of_the_database(apart: TestDatabase, other: str) -> None:
    heard = Heard()
    async with connected(apart, OURS) as base:
        neighbours = Neighbours(base, OURS)
        assert neighbours.listen, "in doubt there is somebody"
        await neighbours._look(heard.gaps.append)
        found = [neighbours.listen]
        async with connected(apart, other):
            await neighbours._look(heard.gaps.append)
            found.append(neighbours.listen)
        await ended(apart, there=1)
        await neighbours._look(heard.gaps.append)
        found.append(neighbours.listen)
    assert found == [False, True, False]
    assert heard.gaps == [], "it never said that it listens, so it is no loss"


async def test_who_comes_is_greeted_and_asks_for_what_was_rung_for_nobody(apart: TestDatabase) -> None:
    ours, theirs = Heard(), Heard()
    async with connected(apart, OURS) as here, connected(apart, THEIRS) as there:
        first, second = Neighbours(here, OURS), Neighbours(there, THEIRS)
        first.listen = False
        assert first.hear(f"a {THEIRS}", ours.gaps.append)
        assert first.listen
        await first._greet(ours.ring)
        assert ours.rung == [f"b {OURS} {THEIRS}"]
        assert second.hear(ours.rung[0], theirs.gaps.append)
        assert (ours.gaps, theirs.gaps) == ([], [0.0])
        assert first.hear(ours.rung[0], ours.gaps.append), "one's own voice is nobody's"
        assert ours.gaps == []
        assert not first.hear(f"n {THEIRS} a/b/1", ours.gaps.append)


async def test_a_look_that_is_older_than_who_came_is_not_believed(
    apart: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    async with connected(apart, OURS) as base:
        neighbours = Neighbours(base, OURS)
        truly = base.anywhere

        @asynccontextmanager
        async def slow() -> AsyncIterator[Any]:
            async with truly() as connection:
                yield connection
            neighbours.hear(f"a {THEIRS}", heard.gaps.append)

        monkeypatch.setattr(base, "anywhere", slow)
        await neighbours._look(heard.gaps.append)
        assert neighbours.listen


async def test_what_a_neighbour_may_have_left_unsaid_is_asked_for_when_it_is_gone(
    apart: TestDatabase,
) -> None:
    heard = Heard()
    async with connected(apart, OURS) as base:
        neighbours = Neighbours(base, OURS)
        async with connected(apart, THEIRS):
            neighbours.hear(f"a {THEIRS}", heard.gaps.append)
            await neighbours._look(heard.gaps.append)
            assert heard.gaps == []
        await ended(apart, there=1)
        for _ in range(2):
            await neighbours._look(heard.gaps.append)
        assert len(heard.gaps) == 1, "once"
        assert heard.gaps[0] > 0
        assert not neighbours.listen


async def test_while_the_database_is_away_there_may_be_somebody(apart: TestDatabase) -> None:
    heard = Heard()

    async def away() -> Any:
        raise ConnectionRefusedError

    base = Database(away)
    neighbours = Neighbours(base, OURS)
    neighbours.hear(f"a {THEIRS}", heard.gaps.append)
    running = asyncio.create_task(neighbours.run(heard.ring, heard.gaps.append))
    async with asyncio.timeout(20):
        await heard.something.wait()
    assert neighbours.listen
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])
    await base.close()
