"""One server of several processes at one port: people speak across them, while they die, are replaced, and end."""

import asyncio
import json
import re
import signal
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
import pytest

from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.journeys.history import Findings, History, judge
from tests.journeys.pairs import PATIENCE, all_answered, pairs_of, records
from tests.journeys.speakers import Speaker
from tests.journeys.talking import call

WORKERS: Final = 3
PAIRS: Final = 10


@contextmanager
def many(database: TestDatabase) -> Iterator[RunningServer]:
    """A server of three processes, ready."""
    environment = database.environment(QUIETLINE_OPS="127.0.0.1:0")
    server = start_server(environment, "--roles", "web", "--workers", str(WORKERS))
    try:
        yield server
    finally:
        server.stop(60)


def fellows(server: RunningServer) -> set[int]:
    """The other processes, by id."""
    found = psutil.Process(server.process.pid).children()
    return {one.pid for one in found if _is_fellow(one)}


def _is_fellow(process: Any) -> bool:
    try:
        return "--fellow" in process.cmdline()
    except psutil.Error:  # it has ended, or is about to
        return False


def asked(server: RunningServer, path: str) -> str:
    """What the operator's listener says."""
    with urllib.request.urlopen(server.addresses["ops"] + path, timeout=20) as answer:
        return str(answer.read().decode())


def connected(server: RunningServer) -> dict[str, int]:
    """Live connections by worker."""
    found = re.findall(r'quietline_live_connections\{worker="(\d)"\} (\d+)', asked(server, "/metrics"))
    return {worker: int(count) for worker, count in found}


async def until(holds: Callable[[], bool]) -> None:
    """Looked at again and again."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):
            pass


@pytest.fixture
async def talk(
    database: TestDatabase, cast: Cast
) -> AsyncIterator[tuple[RunningServer, list[Speaker], History]]:
    """People who talk at several processes, and what they asked and were told."""
    history = History()
    with many(database) as server:
        speakers = await pairs_of(cast, PAIRS, [server.live], history)
        async with asyncio.TaskGroup() as group:
            talking = [group.create_task(speaker.run()) for speaker in speakers]
            await all_answered(speakers)
            try:
                yield server, speakers, history
            finally:
                for task in talking:
                    task.cancel()


async def test_one_dies_all_are_replaced_and_nothing_is_lost_doubled_or_reordered(
    talk: tuple[RunningServer, list[Speaker], History],
) -> None:
    server, speakers, history = talk
    here = await asyncio.to_thread(connected, server)
    assert set(here) == {"1", "2", "3"}
    assert sum(here.values()) == 2 * PAIRS
    assert min(here.values()) > 0, "the kernel gives each its share"

    before = fellows(server)
    assert len(before) == WORKERS - 1
    dead = next(iter(before))
    psutil.Process(dead).kill()
    await all_answered(speakers)
    await until(lambda: dead not in fellows(server) and len(fellows(server)) == WORKERS - 1)
    await until(lambda: json.loads(asked(server, "/health/ready"))["workers"] == "3 of 3")

    before = fellows(server)
    server.process.send_signal(signal.SIGHUP)
    await until(lambda: not before & fellows(server) and len(fellows(server)) == WORKERS - 1)
    await until(lambda: json.loads(asked(server, "/health/ready"))["workers"] == "3 of 3")
    await all_answered(speakers)
    kept = await records(speakers, server)
    assert judge(history, kept).lines() == Findings().lines()


async def test_told_to_stop_all_end_and_say_so(talk: tuple[RunningServer, list[Speaker], History]) -> None:
    server, speakers, _ = talk
    others = [psutil.Process(pid) for pid in fellows(server)]
    assert await asyncio.to_thread(server.stop, 60) == 0
    assert [one for one in others if one.is_running()] == []
    await until(lambda: all(speaker.codes for speaker in speakers))
    assert {code for speaker in speakers for code in speaker.codes} == {1012}, "each is told to come again"


async def test_when_the_first_is_killed_the_others_do_not_stay_behind(
    database: TestDatabase, cast: Cast
) -> None:
    with many(database) as server:
        others = [psutil.Process(pid) for pid in fellows(server)]
        assert len(others) == WORKERS - 1
        server.process.kill()
        server.process.wait(20)
        gone, left = await asyncio.to_thread(psutil.wait_procs, others, PATIENCE)
        assert (len(gone), left) == (WORKERS - 1, [])


async def test_wrong_passwords_are_counted_together(database: TestDatabase, cast: Cast) -> None:
    statuses = []
    with many(database) as server:
        said = {"username": f"ruth-{cast.practice.slug}", "password": "not hers, whatever it is"}
        for _ in range(14):  # each over a connection of its own
            statuses.append((await call(server, "", "POST", "/sign-ins", said))[0])
        answered = re.findall(
            r'quietline_http_request_seconds_count\{handler="[^"]*",method="POST",status="4\d\d",worker="(\d)"\}',
            await asyncio.to_thread(asked, server, "/metrics"),
        )
    assert len(set(answered)) > 1, "several processes were asked"
    assert statuses == [401] * 10 + [429] * 4


async def test_another_server_is_refused_the_same_port(
    database: TestDatabase, cast: Cast, tmp_path: Any
) -> None:
    with many(database) as server:
        taken = server.http.removeprefix("http://")
        for more in ([], ["--workers", "2"]):
            second = await asyncio.create_subprocess_exec(
                *(
                    psutil.Process(server.process.pid).cmdline()[0],
                    "-m",
                    "web.cli",
                    "serve",
                    "--http",
                    taken,
                    *more,
                ),
                env={"QUIETLINE_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            _, said = await asyncio.wait_for(second.communicate(), PATIENCE)
            assert second.returncode == 1
            assert (
                said.decode()
                .splitlines()[-1]
                .startswith(f"quietline: QUIETLINE_HTTP: cannot listen on {taken}")
            )


async def test_before_there_is_a_practice_one_process_serves_and_then_all(tmp_path: Any) -> None:
    environment = {
        "QUIETLINE_DATA_DIR": str(tmp_path),
        "QUIETLINE_HTTP": "127.0.0.1:0",
        "QUIETLINE_OPS": "127.0.0.1:0",
        "QUIETLINE_BASE_URL": "http://127.0.0.1:8000",
    }
    server = start_server(environment, "--roles", "web", "--workers", "2")
    try:
        assert fellows(server) == set()
        assert json.loads(asked(server, "/health/ready"))["workers"] == "1 of 2"
        line = json.dumps({"practice": {"slug": "linde", "name": "Haus Linde", "time_zone": "UTC"}})
        made = await asyncio.create_subprocess_exec(
            *(psutil.Process(server.process.pid).cmdline()[0], "-m", "web.cli", "provision", "-"),
            env={**environment, "PATH": "/usr/bin:/bin"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await made.communicate(line.encode())
        assert made.returncode == 0
        await until(lambda: json.loads(asked(server, "/health/ready"))["workers"] == "2 of 2")
        assert len(fellows(server)) == 1
    finally:
        assert await asyncio.to_thread(server.stop, 60) == 0
