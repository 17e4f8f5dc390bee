"""Entries are rung for after their commit, together, where somebody may listen; and again, if the database was away."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from messaging.ids import ConversationId, EntryId, PersonId, PracticeId
from messaging.keeping import alone
from messaging.memory.record import Gate, Outcome, Posting, Turn, Verdict
from messaging.messages import Body, Channel, Entry, EntryKind
from tests.conftest import TestDatabase
from threads.bell import CHANNEL
from threads.database import Database, connector
from threads.nodes import ringer as module
from threads.nodes.neighbours import Neighbours
from threads.nodes.ringer import TOGETHER, Ringer

NODE = "2" * 12
PRACTICE = PracticeId(uuid.uuid4())


def written(conversation: ConversationId, number: int) -> tuple[Posting, Outcome]:
    """An entry that stands."""
    entry = Entry(
        conversation=conversation,
        number=0,
        id=EntryId(uuid.uuid4()),
        author=PersonId(uuid.uuid4()),
        kind=EntryKind.MESSAGE,
        channel=Channel.CHAT,
        at=datetime.now(UTC),
        body=Body("words"),
    )
    posting = Posting(PRACTICE, entry, uuid.uuid4(), Gate.LIVE, Turn.NEITHER, b"sealed")
    return posting, Outcome(Verdict.NEW, number, entry.id)


@asynccontextmanager
async def ringing(database: TestDatabase) -> AsyncIterator[tuple[Ringer, Neighbours, list[str]]]:
    """A ringer, and what is heard of it."""
    access = database.accesses.app.connect_kwargs()
    base = Database(connector(**access), size=1)
    neighbours = Neighbours(base, NODE)
    ringer = Ringer(base.connect, base.limits, NODE, neighbours)
    heard: list[str] = []
    over = asyncio.Event()

    def hear(*said: object) -> None:
        heard.append(str(said[-1]))
        if said[-1] == f"over {NODE}":
            over.set()

    ear: asyncpg.Connection = await asyncpg.connect(**access)
    await ear.add_listener(CHANNEL, hear)
    running = asyncio.create_task(ringer.run(alone))
    try:
        yield ringer, neighbours, heard
        await ear.execute(f"select pg_notify('{CHANNEL}', 'over {NODE}')")
        await asyncio.wait_for(over.wait(), 20)
    finally:
        running.cancel()
        await asyncio.wait([running])
        ear.terminate()
        await base.close()


def items(heard: list[str]) -> list[str]:
    """What this node rang for."""
    return [item for said in heard if said.startswith(f"n {NODE} ") for item in said.split()[2:]]


async def test_this_node_is_told_first_and_the_others_of_the_highest_number(database: TestDatabase) -> None:
    here: list[Any] = []
    conversation = ConversationId(uuid.uuid4())
    async with ringing(database) as (ringer, _, heard):
        tell = ringer.after(here.append)
        tell([written(conversation, 7), written(conversation, 9)])
        tell([written(conversation, 8)])
        assert [len(one) for one in here] == [2, 1]
        await ringer.drain()
        assert not ringer.rings
    assert items(heard) == [f"{PRACTICE}/{conversation}/9"]


async def test_where_nobody_else_is_nothing_is_rung(database: TestDatabase) -> None:
    async with ringing(database) as (ringer, neighbours, heard):
        neighbours.listen = False
        ringer.after(lambda _: None)([written(ConversationId(uuid.uuid4()), 1)])
        await ringer.drain()
    assert items(heard) == []


async def test_many_conversations_fit_their_notifications(database: TestDatabase) -> None:
    many = [ConversationId(uuid.uuid4()) for _ in range(3 * TOGETHER)]
    async with ringing(database) as (ringer, _, heard):
        ringer.after(lambda _: None)([written(one, 2**31 - 1) for one in many])
        await ringer.drain()
    assert sorted(items(heard)) == sorted(f"{PRACTICE}/{one}/{2**31 - 1}" for one in many)
    assert max(len(said) for said in heard) < 8000


async def test_what_came_while_it_rang_is_rung_for_too_and_a_bound_holds(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 2)
    first, second, third = (ConversationId(uuid.uuid4()) for _ in range(3))
    async with ringing(database) as (ringer, _, heard):
        tell = ringer.after(lambda _: None)
        tell([written(first, 1), written(second, 1), written(third, 1)])
        await asyncio.sleep(0)
        tell([written(first, 2)])
        await ringer.drain()
    assert {one.split("/", 1)[1] for one in items(heard)} >= {f"{second}/1", f"{first}/2"}
    assert not any(str(third) in one for one in items(heard)), "the sweep has to find it"


async def test_the_database_away_it_is_rung_again(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY", 0.001)
    conversation = ConversationId(uuid.uuid4())
    async with ringing(database) as (ringer, _, heard):
        truly, refusals = ringer._bells._connect, 3

        async def away() -> asyncpg.Connection:
            nonlocal refusals
            refusals -= 1
            if refusals >= 0:
                raise ConnectionRefusedError
            return await truly()

        ringer._bells._connect = away
        ringer.after(lambda _: None)([written(conversation, 4)])
        async with asyncio.timeout(20):
            await ringer.drain()
        assert refusals < 0
    assert items(heard) == [f"{PRACTICE}/{conversation}/4"]
