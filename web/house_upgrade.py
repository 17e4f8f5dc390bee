"""Where the embedded database meets its successor, which grows beside it while nobody else reaches either."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from messaging.backup.header import Header
from threads.backup.copying import Source, standing_still
from threads.database import connector
from threads.postgres.access import APART, Accesses
from threads.postgres.cluster import Cluster
from threads.postgres.upgrading import Move, examined, exchange, prepare, sweep
from threads.schema import MIGRATING
from web.causes import must_be_whole, must_take_files
from web.database_settings import DatabaseSettings
from web.house_backup import backup_source
from web.house_database import CannotReach
from web.version import VERSION


@dataclass(frozen=True, slots=True)
class Moving:
    """Both of them, while nobody else can reach either."""

    move: Move
    target: DatabaseSettings
    """The new one, as an installation of its own."""
    _former: Cluster
    _accesses: Accesses

    def source(self) -> AbstractAsyncContextManager[Source]:
        """The former, as it stands. Raises CannotBackUp."""
        return standing_still(connector(limits=MIGRATING, **self._accesses.backup.connect_kwargs()))

    async def counted(self) -> Header:
        """What the new one holds."""
        async with backup_source(self.target) as source:
            return await source.header(VERSION)

    async def exchange(self) -> None:
        """The new one is the database from here on. Raises ClusterError, OSError."""
        await exchange(self.move, self._former)


@asynccontextmanager
async def moving(settings: DatabaseSettings, programs: Path) -> AsyncIterator[Moving]:
    """The former database, started by its own programs and held alone, and an empty place for the new one.

    Raises CannotReach, BadSettings, ClusterError, AlreadyRunning.
    """
    if settings.url is not None:
        raise CannotReach(
            "QUIETLINE_DATABASE_URL: a PostgreSQL of your own is moved by its own means (docs/upgrading.md)"
        )
    must_be_whole(settings.data_dir)
    move = examined(settings.data_dir, programs, settings.postgres_bin)
    must_take_files("QUIETLINE_DATA_DIR", settings.data_dir)
    # Apart: what a command beside it wrote from here on would stay behind.
    former = Cluster(settings.data_dir, programs, port=APART)
    accesses = await former.start()
    try:
        await prepare(move, settings.postgres_bin)
        yield Moving(move, _beside(settings, move.staging), former, accesses)
    finally:
        sweep(move)  # while nobody else can begin there
        await former.stop()


def _beside(settings: DatabaseSettings, staging: Path) -> DatabaseSettings:
    """Key and ledger are where they are; the anchors are a copy, compared and then thrown away: were the move cut off, the
    former's trail would lack what they say."""
    anchors = staging / "audit.anchors"
    if settings.audit_anchors_file.exists():
        shutil.copyfile(settings.audit_anchors_file, anchors)
    return replace(settings, data_dir=staging, audit_anchors_file=anchors)
