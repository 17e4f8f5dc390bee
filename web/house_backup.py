"""Where a backup meets the database: as whom it is read, and how it is laid in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from messaging.backup.frames import Frame
from messaging.backup.header import Header, Tell
from threads.backup.copying import Source, standing_still
from threads.backup.laying_in import lay_in
from threads.database import connector
from threads.postgres.cluster import Cluster, ClusterError
from threads.reaching import NoAnswer, knock
from threads.schema import MIGRATING, steps_known
from web.database_settings import DatabaseSettings, place_of
from web.house import CannotReach, database


@asynccontextmanager
async def backup_source(settings: DatabaseSettings) -> AsyncIterator[Source]:
    """The database at one moment, beside whatever server runs. Raises CannotReach, CannotBackUp, ClusterError."""
    if settings.url:
        async with _elsewhere(settings, settings.url) as source:
            yield source
        return
    cluster, attached = Cluster(settings.data_dir, settings.postgres_bin), True
    try:
        accesses = await cluster.attach()
    except ClusterError:  # no server runs: the command starts the database for itself
        if not (settings.data_dir / "postgres").exists():
            raise CannotReach(f"QUIETLINE_DATA_DIR: there is no database in {settings.data_dir}") from None
        accesses, attached = await cluster.start(), False
    try:
        async with standing_still(connector(limits=MIGRATING, **accesses.backup.connect_kwargs())) as source:
            yield source
    finally:
        if not attached:
            await cluster.stop()


@asynccontextmanager
async def _elsewhere(settings: DatabaseSettings, url: str) -> AsyncIterator[Source]:
    """As the role that is named for it; without one, as the owner, if that one may look past row security."""
    name = "QUIETLINE_BACKUP_URL" if settings.backup_url else "QUIETLINE_DATABASE_URL"
    url = settings.backup_url or settings.owner_url or url
    connect = connector(url, MIGRATING)
    try:
        await knock(connect)
    except NoAnswer as why:
        raise CannotReach(f"{name}: {place_of(url)}: the database cannot be reached: {why}") from None
    async with standing_still(connect) as source:
        yield source


def is_newer(header: Header) -> bool:
    """Whether a newer program made it."""
    return header.schema not in steps_known()


async def laid_in(target: DatabaseSettings, header: Header, rest: Iterator[Frame], tell: Tell) -> None:
    """Into an empty database. Raises NotEmpty, NoBackup."""
    async with database(target, beside=False) as (owner, app, _):
        await lay_in(owner, app, header, rest, tell)
