"""Conversations take turns in every queue: the flood of one delays nobody else's mail, in either direction."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic import command as alembic
from sqlalchemy import Connection

from messaging.memory.leaving import MailForm
from messaging.memory.whole import Memory
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase, own_database
from threads.database import Database, connector, engine, uuid_array
from threads.queue import _CLAIM, claim
from threads.record.effects import _ATTACH, _CHECK, _TOGETHER
from threads.schema import _config
from web.house import house

FLOOD = 2_000
START = datetime(2026, 5, 4, 9, tzinfo=UTC)
NOW = START + timedelta(seconds=5)
KINDS = ("read", "send", "check")


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """A database whose queues hold nobody else's."""
    with own_database(tmp_path_factory.mktemp("turns")) as made:
        yield made


@dataclass(frozen=True)
class Queues:
    """What a test puts in, and what a worker then claims."""

    cast: Cast
    base: Database
    link: asyncpg.Connection

    async def put(self, kind: str, client: str | None, many: int, at: datetime = START) -> list[UUID]:
        """By the statements the program puts it in with; `client` None: a letter nobody could be found for."""
        ids = [uuid4() for _ in range(many)]
        conversation = self.cast.conversation(client) if client else None
        async with self.link.transaction():
            await self.link.execute("select set_config('quietline.practices', $1, true)", self._practices())
            if kind == "read":
                await self._keep(ids, conversation, at)
            elif kind == "send":
                one = self.cast["ruth"].id, b"", MailForm.NOTICE.value, at
                people, sealed, forms, times = ([each] * len(ids) for each in one)
                found_by = [each.bytes for each in ids]
                owed = ids, people, sealed, found_by, forms, times
                letter: tuple[object, ...] = (self.cast["ruth"].id, None, 1, at, *owed, [], None, None)
                await self.link.execute(_TOGETHER, *self._place(conversation), *letter)
            else:
                files = [(*self._place(conversation), one) for one in ids]
                await self.link.executemany(_ATTACH, [(*one, 1, 1, b"", "waiting") for one in files])
                await self.link.executemany(_CHECK, [(*one, at) for one in files])
        return ids

    async def _keep(self, ids: list[UUID], conversation: UUID | None, at: datetime) -> None:
        many, practice = len(ids), self.cast.practice.id
        columns = (
            [practice] * many,
            ids,
            [conversation] * many,
            [None] * many,
            [at] * many,
            [b""] * many,
            [b""] * many,
        )
        await self.link.execute(
            "select keep_batch($1, $2, $3, $4, $5, $6, $7, $8)", self._practices(), *columns
        )

    async def claimed(self, kind: str, limit: int, at: datetime = NOW) -> list[UUID]:
        """As the reader of letters, a courier, or the file checker does."""
        memory: Memory = self.cast.office.memory
        if kind == "read":
            return [one.id for one in await memory.mailbox.due_originals(at, 60, limit)]
        if kind == "send":
            return [one.mail.id for one in await memory.mailbox.due_mail(at, 60, limit)]
        return [one.id for one in await memory.files.due(at, 60, limit)]

    async def turns(self, kind: str) -> Counter[int]:
        """How many wait at each turn."""
        rows = await self.link.fetch("select turn from queue where kind = $1", kind)
        return Counter(row["turn"] for row in rows)

    def _practices(self) -> str:
        return uuid_array([self.cast.practice.id])

    def _place(self, conversation: UUID | None) -> tuple[UUID, UUID | None]:
        return self.cast.practice.id, conversation


@asynccontextmanager
async def opened(database: TestDatabase) -> AsyncIterator[Queues]:
    connect = connector(**database.accesses.app.connect_kwargs())
    async with house(database.settings()) as built:
        base, link = Database(connect), await connect()
        try:
            await link.execute("delete from queue")
            yield Queues(await found_cast(built), base, link)
        finally:
            await link.close()
            await base.close()


@pytest.fixture
async def queues(apart: TestDatabase) -> AsyncIterator[Queues]:
    async with opened(apart) as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
async def test_what_comes_after_anothers_flood_is_in_the_first_claim(queues: Queues, kind: str) -> None:
    flood = await queues.put(kind, "ben", FLOOD)
    later = START + timedelta(seconds=1)
    theirs = [*await queues.put(kind, "ruth", 2, later), *await queues.put(kind, "linden", 1, later)]
    first = await queues.claimed(kind, 16)
    assert len(first) == 16
    assert set(theirs) < set(first)
    assert set(first) - set(theirs) < set(flood)


async def test_letters_of_nobody_delay_no_client(queues: Queues) -> None:
    await queues.put("read", None, FLOOD)
    (ruths,) = await queues.put("read", "ruth", 1, START + timedelta(seconds=1))
    assert ruths in await queues.claimed("read", 16)


async def test_letters_of_a_flood_are_read_in_their_order_and_by_one_reader_at_a_time(queues: Queues) -> None:
    flood = await queues.put("read", "ben", 200)
    async with asyncio.TaskGroup() as group:
        claims = [group.create_task(queues.claimed("read", 64)) for _ in range(4)]
    held = [one.result() for one in claims if one.result()]
    assert held == [flood[:64]]
    (ruths,) = await queues.put("read", "ruth", 1, START + timedelta(seconds=1))
    assert await queues.claimed("read", 64) == [ruths]
    over = NOW + timedelta(seconds=61)
    assert await queues.claimed("read", 64, over) == [flood[0], ruths]


@pytest.mark.parametrize("kind", ["send", "check"])
async def test_many_claim_at_once_and_everything_is_claimed_once(queues: Queues, kind: str) -> None:
    put = [*await queues.put(kind, "ben", 300), *await queues.put(kind, "ruth", 20)]
    taken: list[UUID] = []

    async def worker() -> None:
        while some := await queues.claimed(kind, 7):
            taken.extend(some)

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(worker())
    taken.extend(
        await queues.claimed(kind, 400)
    )  # what the others looked at in the very moment the last one looked
    assert sorted(taken) == sorted(put)


async def test_nothing_overtakes_its_elders_however_many_are_gone(queues: Queues) -> None:
    """Turns of one conversation only rise while any of it waits, and begin anew after."""
    await queues.put("send", "ben", 40)
    assert await queues.turns("send") == Counter({**dict.fromkeys(range(32), 1), 32: 8})
    await queues.link.execute("delete from queue where turn < 32")
    await queues.put("send", "ben", 1)
    assert await queues.turns("send") == {32: 9}
    await queues.link.execute("delete from queue")
    await queues.put("send", "ben", 1)
    assert await queues.turns("send") == {0: 1}


async def test_a_quarter_goes_to_what_waits_longest_however_many_come(queues: Queues) -> None:
    """Nobody's tail waits for good behind conversations that always have something new."""
    await queues.put("send", "ben", 100)
    await queues.link.execute("delete from queue where turn < 32")
    tail = {row["id"] for row in await queues.link.fetch("select id from queue")}
    new = "insert into queue (kind, practice_id, id, next_at, lane) values ('send', $1, $2, $3, $2)"
    for _ in range(3):
        many = [(queues.cast.practice.id, uuid4(), START + timedelta(seconds=1)) for _ in range(40)]
        await queues.link.executemany(new, many)
        claimed = {item for _, item in await claim(queues.base, "send", NOW, 60, 16)}
        assert len(claimed) == 16
        assert len(claimed & tail) == 4


@pytest.mark.parametrize("due", [START, NOW + timedelta(hours=1)])
async def test_a_claim_looks_at_what_it_takes_and_not_at_all_that_waits(
    queues: Queues, apart: TestDatabase, due: datetime
) -> None:
    """A hundred thousand wait, all due or all for later: found by their indexes."""
    filled = """insert into queue (kind, practice_id, id, next_at, turn)
                select 'send', $1, gen_random_uuid(), $2::timestamptz + n * interval '1 ms', least(32, n / 100)
                  from generate_series(1, 100000) n"""
    async with queues.link.transaction():
        await queues.link.execute(filled, queues.cast.practice.id, due - timedelta(seconds=100))
    owner = await connector(**apart.accesses.owner.connect_kwargs())()
    await owner.execute("analyze queue")
    await owner.close()
    nodes = [node for node in _nodes(await _explained(queues, 16)) if node.get("Relation Name") == "queue"]
    scans = [node for node in nodes if node["Node Type"] != "ModifyTable"]
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Tid Scan"}
    assert sum(_rows(node) for node in scans) <= 4 + (4 + 12) + 16


async def _explained(queues: Queues, most: int) -> dict[str, Any]:
    asked = _CLAIM.text
    for name, value in {
        "kind": "'send'",
        "now": f"'{NOW}'",
        "until": f"'{NOW}'",
        "most": f"{most}",
        "oldest": "4",
    }.items():
        asked = asked.replace(f":{name}", value)
    connection = queues.link
    transaction = connection.transaction()
    await transaction.start()
    try:
        told = await connection.fetchval(f"explain (analyze, buffers, format json) {asked}")
    finally:
        await transaction.rollback()
    plan: dict[str, Any] = json.loads(told)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows(node: dict[str, Any]) -> float:
    looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(looked_at * node["Actual Loops"])


async def test_a_flood_that_waited_before_the_upgrade_stands_in_line_after_it(apart: TestDatabase) -> None:
    def again(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        alembic.downgrade(config, "v0015")
        alembic.upgrade(config, "head")

    async with opened(apart) as before:
        theirs = {}
        for kind in KINDS:
            await before.put(kind, "ben", 100)
            theirs[kind] = await before.put(kind, "ruth", 1, START + timedelta(seconds=1))
        owner = engine(connector(**apart.accesses.owner.connect_kwargs()), size=1)
        async with owner.begin() as connection:
            await connection.run_sync(again)
        await owner.dispose()
        fresh = {kind: await before.put(kind, "linden", 1, START + timedelta(seconds=2)) for kind in KINDS}
        await before.put("send", "ben", 1)
        for kind in KINDS:
            assert (await before.turns(kind))[0] == 3
            assert (await before.turns(kind))[32] == 68 + (kind == "send")
    # The claims that were prepared before are not asked again: a server is started anew after a step.
    async with house(apart.settings()) as built:
        after = Queues(Cast(built, before.cast.practice), before.base, before.link)
        for kind in KINDS:
            assert {*theirs[kind], *fresh[kind]} < set(await after.claimed(kind, 16))
