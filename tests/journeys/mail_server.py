"""A real `quietline serve` for the journeys of mail: started, killed without warning, and started again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import asyncpg

from messaging.memory.arriving import OriginalState
from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase, start_server


@dataclass
class MailServer:
    """The same server at every start: settings and ports stay."""

    database: TestDatabase
    settings: dict[str, str]
    running: RunningServer = field(init=False)

    def start(self) -> None:
        """Starts it."""
        self.running = start_server(self.database.environment(**self.settings), "--roles", "mail,jobs")

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.running.process.kill()
        self.running.process.wait()
        if self.running.process.stdout is not None:
            self.running.process.stdout.close()

    def port(self, protocol: str) -> int:
        """Where it listens."""
        return int(self.running.addresses[protocol].rpartition(":")[2])


@contextmanager
def serving(database: TestDatabase, **settings: str) -> Iterator[MailServer]:
    """A server that is stopped in the end, whatever became of it."""
    server = MailServer(database, {f"QUIETLINE_{name}": value for name, value in settings.items()})
    server.start()
    try:
        yield server
    finally:
        if server.running.process.poll() is None:
            server.running.stop()


async def leases_run_out(database: TestDatabase) -> None:
    """As if a minute passed: what a dead reader had in its hands is due again."""
    connection = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    await connection.execute("update queue set next_at = least(next_at, now()) where kind = 'read'")
    await connection.close()


async def counts(cast: Cast) -> dict[OriginalState, int]:
    """How many letters stand in each state."""
    kept = await cast.office.memory.mailbox.count_originals(cast.practice.id)
    return {OriginalState(state): count for state, count in kept.items()}
