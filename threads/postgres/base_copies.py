"""Base copies: made by `pg_basebackup` beside the server, held against their manifest, and named when they are whole."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from threads.postgres.access import DATABASE, Access
from threads.postgres.archive import PART, ROOM, ArchiveTrouble, Base, Directory, Strand, between, stamp
from threads.postgres.beside import password_of, ran, where
from threads.postgres.clock import Clock
from threads.postgres.cluster import to_its_end
from threads.postgres.files import sync
from threads.postgres.programs import Programs
from threads.postgres.receiving import asking

PATIENCE = 6 * 3600.0
"""Seconds for a base copy, and for looking it through."""
WHOLE = 60.0
"""Seconds for the last changes that a base copy needs."""
_GLANCE = 0.05


@dataclass(frozen=True, slots=True)
class Copying:
    """What a base copy is made with."""

    programs: Programs
    access: Access
    directory: Directory
    clock: Clock
    keep: Sequence[int]
    """What the program inherits: the archive's lock."""
    gently: bool = True

    async def made(self, strand: Strand, days: int) -> None:
        """Another base copy of the strand; then what no moment of the last `days` needs is removed.

        Raises ArchiveTrouble, OSError.
        """
        await asyncio.to_thread(self.directory.sweep)
        await self._must_have_room()
        making = strand.path / "base" / f"{stamp(self.clock())}{PART}"
        try:
            # The first one protects, so it is made at once; of later ones nobody is to feel anything.
            await self._copy(making, "spread" if strand.usable and self.gently else "fast")
            at = self.clock()
            looking = ("pg_verifybackup", "--quiet", "--exit-on-error", "--no-parse-wal", str(making))
            await ran(self.programs, looking, strand.path, PATIENCE)
            await self._has_its_changes(strand, making)
        except BaseException:  # also when cancelled: half a base copy is none
            await to_its_end(partial(shutil.rmtree, making, ignore_errors=True))
            raise
        await to_its_end(partial(self._finish, making, at, timedelta(days=days)))

    async def _must_have_room(self) -> None:
        async with asking(self.access) as connection:
            size = int(await connection.fetchval("select pg_database_size($1::name)", DATABASE))
        path = self.directory.path
        if (await asyncio.to_thread(shutil.disk_usage, path)).free < size + 2 * ROOM:
            raise ArchiveTrouble(f"there is no room for a base copy ({size >> 20} MiB) in {path}")

    async def _copy(self, making: Path, how: str) -> None:
        with password_of(self.access) as password:
            command = ("pg_basebackup", "-D", str(making), "-X", "none", f"--checkpoint={how}")
            await ran(
                self.programs,
                (*command, *where(self.access, password)),
                making.parent,
                PATIENCE,
                keep=[password, *self.keep],
            )

    async def _has_its_changes(self, strand: Strand, made: Path) -> None:
        """Making it ended a segment, so the last change it needs is there when that segment is whole."""
        base = Base(made, self.clock(), *between(made / "backup_manifest"))
        async with asyncio.timeout(WHOLE):
            while True:  # bound: the timeout around it
                now = await asyncio.to_thread(strand.again)
                if now.run(base) and not now.segments[base.end].suffix:
                    return
                await asyncio.sleep(_GLANCE)

    def _finish(self, made: Path, at: datetime, keep: timedelta) -> None:
        made.rename(made.with_name(stamp(at)))
        sync(made.parent)
        self.directory.prune(at, keep)
