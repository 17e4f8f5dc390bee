"""What the tests stand on: one real PostgreSQL for a run's worker, houses over it, and real server processes."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pytest
import uvloop
from hypothesis import settings as hypothesis

from tests.cast import Cast, found_cast
from tests.stuck import pytest_runtest_protocol
from threads.postgres.cluster import Accesses, Cluster
from web.house import house
from web.settings import Settings, read_settings
from web.state import House

__all__ = ["pytest_runtest_protocol"]

# The same cases everywhere, so that a red run is everybody's; HYPOTHESIS=explore looks for new ones.
# No deadline: a busy machine is no fault.
hypothesis.register_profile("suite", deadline=None, derandomize=True)
hypothesis.register_profile("explore", deadline=None)
hypothesis.load_profile(os.environ.get("HYPOTHESIS", "suite"))


@dataclass(frozen=True)
class TestDatabase:
    """The worker's PostgreSQL, and how houses reach it."""

    __test__ = False

    accesses: Accesses
    data_dir: Path
    cluster: Cluster

    def environment(self, **more: str) -> dict[str, str]:
        """Settings for one more house over this database."""
        return {
            "QUIETLINE_DATA_DIR": str(self.data_dir),
            "QUIETLINE_DATABASE_URL": self.accesses.app.url(),
            "QUIETLINE_DATABASE_OWNER_URL": self.accesses.owner.url(),
            "QUIETLINE_HTTP": "127.0.0.1:0",
            "QUIETLINE_BASE_URL": "http://127.0.0.1:8000",
            **more,
        }

    def settings(self, **more: str) -> Settings:
        """The same, read."""
        return read_settings(self.environment(**more))


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop the server runs on: transports differ between loops, and a test on another one proves less."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One PostgreSQL for all tests of a worker: practices keep them apart, as they keep tenants apart."""
    with own_database(tmp_path_factory.mktemp("quietline")) as made:
        yield made


@contextmanager
def own_database(data_dir: Path) -> Iterator[TestDatabase]:
    """A PostgreSQL for its user alone, with our schema."""
    # As many connections as several servers take, beside the houses of the tests themselves.
    cluster = Cluster(data_dir, workers=4)
    made = TestDatabase(asyncio.run(cluster.start()), data_dir, cluster)
    try:
        asyncio.run(migrated(made.settings()))
        yield made
    finally:
        asyncio.run(cluster.stop())
        shutil.rmtree(data_dir / "postgres", ignore_errors=True)  # 70 MB, on a disk that may be memory


async def migrated(settings: Settings) -> None:
    """Brings the schema up to date: no house does that by itself."""
    async with house(settings, migrates=True):
        pass


@pytest.fixture
async def built(database: TestDatabase) -> AsyncIterator[House]:
    """A house of this test's own."""
    async with house(database.settings()) as made:
        yield made


@pytest.fixture
async def cast(built: House) -> Cast:
    """The cast, in a practice of this test's own."""
    return await found_cast(built)


@dataclass(frozen=True)
class RunningServer:
    """A real `quietline serve` and where it listens."""

    process: "subprocess.Popen[str]"
    addresses: dict[str, str]

    @property
    def http(self) -> str:
        """The base address."""
        return self.addresses["http"]

    @property
    def live(self) -> str:
        """The WebSocket address."""
        return self.http.replace("http", "ws", 1) + "/live"

    def stop(self, seconds: float = 20) -> int:
        """Ends it as an operator would."""
        self.process.terminate()
        code = self.process.wait(seconds)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def start_server(environment: dict[str, str], *arguments: str, log: IO[str] | None = None) -> RunningServer:
    """Starts a server process and waits until it is ready."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("QUIETLINE_")}
    return started(
        [sys.executable, "-m", "web.cli", "serve", "--json", *arguments], {**clean, **environment}, log=log
    )


def started(
    command: list[str], environment: dict[str, str], *, cwd: Path | None = None, log: IO[str] | None = None
) -> RunningServer:
    """A process that serves, once it says that it is ready."""
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            return RunningServer(process, json.loads(line)["ready"])
    raise AssertionError(f"the server did not start (exit {process.wait(5)})")


@pytest.fixture(scope="session")
def server(database: TestDatabase) -> Iterator[RunningServer]:
    """One real server for the tests of a worker. It reads no mail: letters of other tests lie in the same database."""
    running = start_server(database.environment(), "--roles", "web,jobs")
    yield running
    running.stop()


@pytest.fixture
def more_settings(database: TestDatabase) -> Settings:
    """Settings to change for a house of one's own."""
    return replace(database.settings())
