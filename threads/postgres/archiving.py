"""The archive kept up while the server works: changes as they come, a base copy a day, and what is too old removed.

Two loops, for each of which processes of their own work; neither ends the server, or makes it wait. What is wrong stands in
the log, one line each time it becomes another.
"""

import asyncio
import logging
import os
import shutil
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from messaging.backup.archive import ArchiveStanding, Look
from threads.postgres.access import Access, ClusterError
from threads.postgres.archive import ROOM, ArchiveTrouble, Directory, NotThisArchive, Strand, Whose
from threads.postgres.archive_look import looked_at
from threads.postgres.base_copies import Copying
from threads.postgres.clock import Clock, utc_now
from threads.postgres.cluster import to_its_end
from threads.postgres.files import Home
from threads.postgres.programs import Programs, found
from threads.postgres.receiving import Receiver, asking, strand_for, whose

log = logging.getLogger(__name__)

SILENT: Final = 60.0
"""Seconds without a look after which something hangs: a share whose server is away answers nobody."""
AT_THE_START: Final = 5.0
"""Seconds for the disk to say whose archive it holds, before the server starts without having heard."""
_FAULTS: Final = (ArchiveTrouble, ClusterError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    look: float = 2.0
    """Between two looks at what takes changes away, after which what it wrote is on the disk."""
    due: float = 86_400.0
    """Between two base copies."""
    again: float = 60.0
    """Before a base copy that came to nothing is tried again, and between two looks whether another one is due."""
    gently: bool = True
    """Whether a base copy, once there is one, gives the database some minutes to write down what it needs."""


class Archiving:
    """See `messaging.backup.archive.Archive`."""

    def __init__(  # noqa: PLR0913 - what it is about, and what only tests set
        self,
        home: Home,
        named: Path | None,
        directory: Path,
        days: int,
        *,
        served: bool = True,
        clock: Clock = utc_now,
        pace: Pace | None = None,
    ) -> None:
        self._home, self._named, self._days = home, named, days
        self._directory = Directory(directory)
        self._clock, self._pace = clock, pace or Pace()
        self._served = served
        self._lock: int | None = None
        self._receiver: Receiver | None = None
        self._ours: Whose | None = None
        self._not_receiving: str | None = None
        self._not_copying, self._copied = "", False
        self._looked = time.monotonic()

    @property
    def standing(self) -> ArchiveStanding:
        """See `Archive`."""
        hangs = time.monotonic() - self._looked > SILENT
        if self._not_receiving or self._not_copying or hangs:
            return ArchiveStanding.TROUBLE
        return (
            ArchiveStanding.GOING
            if self._copied and self._not_receiving is not None
            else ArchiveStanding.BEGINNING
        )

    async def must_be_ours(self) -> None:
        """At the start. Raises NotThisArchive; any other trouble is told by the loops, and the server works meanwhile."""
        try:
            async with asyncio.timeout(AT_THE_START):
                known = await asyncio.to_thread(self._directory.whose)
                ours = await self._whose() if known is not None else None
        except _FAULTS:
            return
        if ours is not None:
            await asyncio.to_thread(self._directory.must_be, ours)

    async def receive(self) -> None:
        """See `Archive`."""
        while True:  # bound: until cancelled; each turn sleeps
            why: str | None = None
            try:
                if await self._taking():
                    why = ""
            except _FAULTS as fault:
                why = said(fault)
            self._looked = time.monotonic()
            if why is not None and why != self._not_receiving:
                self._not_receiving = why
                if why:
                    log.error("changes are not taken into the archive", extra={"why": why})
                else:
                    log.info("changes are taken into the archive")
            await asyncio.sleep(self._pace.look)

    async def copy(self) -> None:
        """See `Archive`."""
        while True:  # bound: until cancelled; each turn sleeps
            why = ""
            try:
                strand = await asyncio.to_thread(self._in_hand)
                if strand is not None and self._is_due(strand):
                    making = await asyncio.to_thread(self._making)
                    await making.made(strand, self._days)
                    self._copied = True
                    log.info("a base copy is made")
            except _FAULTS as fault:
                why = said(fault)
            if why and why != self._not_copying:
                log.error("no base copy could be made", extra={"why": why})
            self._not_copying = why
            await asyncio.sleep(self._pace.again if why or self._copied else self._pace.look)

    async def look(self) -> Look:
        """See `Archive`."""
        try:
            access = (await asyncio.to_thread(self._home.accesses)).archive
            return await looked_at(self._directory, access, self._clock(), served=self._served)
        except _FAULTS as fault:
            return Look(fine=False, says=said(fault))

    def end(self) -> None:
        """When the server has stopped: what takes changes away has had the last one then. Blocks."""
        if self._receiver is not None:
            self._receiver.end()
        self._let_go()

    async def _taking(self) -> bool:
        """Whether it goes on as it did at the last look."""
        ours = await self._whose()
        await asyncio.to_thread(self._must_take, ours)
        if self._receiver is None:
            await self._begin()
            return False
        why = self._receiver.ended
        if why is not None:
            self._receiver.end()
            self._receiver = None
            raise ArchiveTrouble(why)
        await asyncio.to_thread(self._receiver.keep)
        return True

    def _must_take(self, ours: Whose) -> None:
        path = self._directory.path
        try:
            self._directory.must_be(ours)
            if self._lock is None:
                self._lock = self._directory.lock()
        except (ArchiveTrouble, NotThisArchive, OSError):
            if self._receiver is not None:
                self._receiver.stop()  # or it would go on filling a disk that is not to be filled any more
            self._let_go()
            raise
        if shutil.disk_usage(path).free < ROOM:
            raise ArchiveTrouble(f"there is no room left in {path}")

    async def _begin(self) -> None:
        access = (await asyncio.to_thread(self._home.accesses)).archive
        async with asking(access) as connection:
            strand = await strand_for(connection, self._directory, self._clock())
        self._copied = bool(strand.usable)  # after a hole the former base copies do not count
        await to_its_end(partial(self._follow, access, strand))

    def _follow(self, access: Access, strand: Strand) -> None:
        if self._lock is not None:
            self._receiver = Receiver.begun(self._programs(), access, strand, self._lock)

    def _in_hand(self) -> Strand | None:
        """The strand that grows at the moment."""
        if self._receiver is None or self._not_receiving != "":
            return None
        try:
            return Strand.at(self._receiver.strand)
        except FileNotFoundError:  # the directory is gone: that is told where changes are taken away
            return None

    def _is_due(self, strand: Strand) -> bool:
        usable = strand.usable
        self._copied = bool(usable)
        return not usable or (self._clock() - usable[-1].at).total_seconds() >= self._pace.due

    def _making(self) -> Copying:
        keep = [] if self._lock is None else [self._lock]
        return Copying(
            programs=self._programs(),
            access=self._home.accesses().archive,
            directory=self._directory,
            clock=self._clock,
            keep=keep,
            gently=self._pace.gently,
        )

    def _let_go(self) -> None:
        self._receiver = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _whose(self) -> Whose:
        """Asked once: a running database stays what it is."""
        if self._ours is None:
            async with asking((await asyncio.to_thread(self._home.accesses)).archive) as connection:
                self._ours = await whose(connection)
        return self._ours

    def _programs(self) -> Programs:
        """As ourselves, who own the archive; not as the account that runs the server."""
        return replace(found(self._home.pgdata, self._named), uid=None, gid=None)


def said(fault: BaseException) -> str:
    """Why, for the operator."""
    if isinstance(fault, ArchiveTrouble | ClusterError):
        return str(fault).removeprefix("QUIETLINE_ARCHIVE_DIR: ")
    if isinstance(fault, TimeoutError) or not isinstance(fault, OSError):
        return f"the database or the archive's disk does not answer: {type(fault).__name__}"
    place = f"{fault.filename}: " if fault.filename else ""
    return f"{place}{os.strerror(fault.errno or 0).lower()}"
