"""Processes that search: within their time, killed at any moment, one of a person, and gone with their server."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time

import psutil  # type: ignore[import-untyped]
import pytest

from channels.email.workers.reading_room import ROOT
from messaging.conversations import AnswerRule, Conversation, Kind, Member
from messaging.errors import Busy, Conflict, TooFast
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.people import Role
from messaging.searching.looking import Search, Source
from messaging.trust.access import Deed, stand_in
from messaging.trust.pace import Pace, Rate
from tests.cast import Cast, nobody
from tests.conftest import TestDatabase
from tests.messaging.searching.asked import found, wrote
from threads.database import connector
from web.house_search import NICENESS
from web.searching import finder
from web.searching.finder import Finder, shared

SERVER = """
import subprocess, sys
started = "import web.house_search as one; one.stand_back(); print('ready', flush=True); one.main()"
process = subprocess.Popen([sys.executable, "-c", started], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
sys.stdin.read()
"""
"""Starts a process with the pipe it has itself, and stays."""
CONNECTED = "select count(*) from pg_stat_activity where application_name = 'quietline search'"
STUCK = "tests.web.searching.stuck_worker"
LONG = 60.0
AT = datetime(2026, 11, 30, tzinfo=UTC)
CONVERSATION = Conversation(
    PracticeId(nobody()),
    ConversationId(nobody()),
    Kind.INDIVIDUAL,
    1,
    1,
    AT,
    None,
    AnswerRule(None, time(18), 2),
    None,
    (Member(PersonId(nobody()), Role.THERAPIST),),
)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that go no further."""
    monkeypatch.setattr(finder, "PROGRAM", STUCK)


async def looking(cast: Cast, *words: str, **more: float) -> Search:
    """A search of Mira's in Ruth's conversation."""
    await wrote(cast, "canarybird")
    held, circle = await cast.enter("mira", "ruth", Deed.READ)
    keys = await cast.office.keyring.lend(cast.practice.id, [held.conversation])
    last = circle.conversation.last_at or cast.office.clock()
    source = Source(held, keys[held.conversation], last, 1)
    return replace(Search(cast["mira"].id, cast.practice.id, [source], words), **more)  # type: ignore[arg-type]


async def until(holds: Callable[[], bool]) -> None:
    """Looked at again and again, for as long as a busy machine may take."""
    async with asyncio.timeout(LONG):
        while not holds():  # noqa: ASYNC110 - another process says nothing when it begins
            await asyncio.sleep(0)


async def test_what_was_found_before_a_process_was_killed_is_told_and_the_next_search_works(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(finder, "PROGRAM", STUCK)
        told = await cast.house.finder.find(await looking(cast, "found, then dies"))
    assert ([hit.number for hit in told.hits], told.complete) == ([1], False)
    assert await found(cast, "canarybird") == [(1, "letter")]


@pytest.mark.usefixtures("stuck")
async def test_a_process_that_dies_with_nothing_found_is_a_reason_to_come_again(cast: Cast) -> None:
    with pytest.raises(Busy):
        await cast.house.finder.find(await looking(cast, "dies"))


@pytest.mark.usefixtures("stuck")
async def test_a_process_that_does_not_keep_to_its_time_is_ended(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = await looking(cast, "found, then waits", seconds=LONG)
    searching = asyncio.create_task(cast.house.finder.find(wanted))
    await until(lambda: any(one.processes for one in cast.house.finder._under_way.values()))
    (process,) = next(iter(cast.house.finder._under_way.values())).processes
    searching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await searching
    assert process.returncode is not None
    monkeypatch.setattr(finder, "GRACE", 2.0)
    told = await cast.house.finder.find(await looking(cast, "found, then waits", seconds=0.0))
    assert not told.complete


async def test_where_no_process_can_be_started_one_comes_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.email.workers.reading_room.sys.executable", "/nonexistent/python")
    with pytest.raises(Busy):
        await cast.house.finder.find(await looking(cast, "canarybird"))


async def test_a_search_stops_when_its_time_is_over_and_says_so(cast: Cast) -> None:
    wanted = await looking(cast, "canarybird", seconds=0.0)
    twice = replace(wanted, sources=[*wanted.sources, *wanted.sources])
    told = await cast.house.finder.find(twice)
    assert ([hit.number for hit in told.hits], told.complete) == ([1], False)


async def test_a_newer_search_takes_the_place_of_ones_own_and_of_nobody_elses(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(finder, "PROGRAM", STUCK)
        first = asyncio.create_task(cast.house.finder.find(await looking(cast, "waits", seconds=LONG)))
        await until(lambda: any(one.processes for one in cast.house.finder._under_way.values()))
    assert await found(cast, "canarybird", "eli") == []
    assert not first.done()
    assert await found(cast, "canarybird") != []
    with pytest.raises(Conflict, match="newer search"):
        await first


async def test_a_person_searches_at_a_pace(cast: Cast) -> None:
    wanted = replace(await looking(cast, "canarybird"), sources=[])
    slow = Finder({}, Pace(Rate(1, 1 / LONG)))
    with pytest.raises(Busy):  # there is no database
        await slow.find(wanted)
    with pytest.raises(TooFast):
        await slow.find(wanted)
    await slow.close()


async def test_a_process_serves_one_search_after_the_other_and_keeps_no_connection(
    cast: Cast, database: TestDatabase
) -> None:
    await wrote(cast, "canarybird")
    await found(cast, "canarybird")
    (process,) = cast.house.finder._idle
    assert len(await found(cast, "canarybird")) == 1
    assert [one.pid for one in cast.house.finder._idle] == [process.pid]
    assert psutil.Process(process.pid).nice() == NICENESS
    connection = await connector(database.accesses.app.url())()
    try:
        async with asyncio.timeout(LONG):
            while await connection.fetchval(CONNECTED):  # noqa: ASYNC110 - nor the database when it ends
                await asyncio.sleep(0)
    finally:
        await connection.close()


async def test_its_secrets_are_in_neither_its_arguments_nor_its_environment(cast: Cast) -> None:
    await wrote(cast, "canarybird")
    await found(cast, "canarybird")
    (process,) = cast.house.finder._idle
    running = psutil.Process(process.pid)
    assert running.cmdline()[1:] == ["-m", "web.house_search"]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with suppress(psutil.AccessDenied):  # not even we may look, but root
        assert running.environ() == given


def test_a_process_dies_with_its_server_though_its_pipe_stays_open() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    process = psutil.Process(int(server.stdout.readline()))
    server.kill()
    server.wait(LONG)
    try:
        process.wait(LONG)  # its pipe is ours, and open still
    finally:
        with suppress(psutil.NoSuchProcess):
            process.kill()
        server.communicate()


def test_work_is_shared_where_it_is_much_and_no_conversation_is_lost() -> None:
    many = [source(entries) for entries in (50_000, 40_000, 20_000, 20_000)]
    parts = shared(many, at_most=2)
    assert [sum(one.entries for one in part) for part in parts] == [70_000, 60_000]
    assert {id(one) for part in parts for one in part} == {id(one) for one in many}
    assert len(shared(many[2:], at_most=2)) == 1
    assert len(shared(many, at_most=1)) == 1


def source(entries: int) -> Source:
    """A conversation with so many."""
    held = stand_in(CONVERSATION, CONVERSATION.members[0], Deed.READ)
    return Source(held, b"", AT, entries)
