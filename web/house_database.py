"""The database a house stands on: the embedded one or another's, answering, fit, and its schema up to date."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from messaging.trust.pace import Paces, own_pace
from threads.connection.limits import Limits
from threads.database import Connect, Connector, connector, engine
from threads.postgres.cluster import Cluster, ClusterError
from threads.reaching import NoAnswer, knock
from threads.schema import (
    MIGRATING,
    NotMigrated,
    SchemaAge,
    let_serve,
    may_serve,
    migrate,
    must_be_known,
    role_of,
)
from web.causes import must_be_whole, must_take_files
from web.database_settings import DatabaseSettings, place_of

LOOK: Final = 60.0
"""Seconds to find out whether the schema is up to date: connections that may migrate have no limit of their own."""


class CannotReach(Exception):
    """The database does not answer at the start; one line for the operator."""


@dataclass(frozen=True, slots=True)
class Among:
    """What a process is among the workers of its server."""

    fellow: bool = False
    """Not the first, who runs the embedded database; else a node like any other."""
    workers: int = 1
    """How many there are: so many times the connections."""
    paces: Paces = own_pace
    """Paces that all of them count together."""


ALONE: Final = Among()


@asynccontextmanager
async def database(
    settings: DatabaseSettings,
    *,
    beside: bool,
    among: Among = ALONE,
    node: str = "",
    limits: Limits | None = None,
) -> AsyncIterator[tuple[Connect, Connector, Cluster | None]]:
    """Connections for the owner and for the app, and the embedded database if we run it. Raises ClusterError.

    `beside` a running server a command attaches to its database.
    """
    if settings.url:
        owner = connector(settings.owner_url or settings.url, MIGRATING, node=node)
        yield owner, connector(settings.url, limits, node=node), None
        return
    must_take_files("QUIETLINE_DATA_DIR", settings.data_dir)
    if not settings.restoring:
        must_be_whole(settings.data_dir)
    cluster, accesses = Cluster(settings.data_dir, settings.postgres_bin, workers=among.workers), None
    if beside:
        with suppress(ClusterError):  # no server runs: the command starts the database for itself
            accesses = await cluster.attach()
    elif among.fellow:
        accesses = await cluster.attach()
    attached = accesses is not None
    accesses = accesses or await cluster.start()
    try:
        yield (
            connector(limits=MIGRATING, node=node, **accesses.owner.connect_kwargs()),
            connector(limits=limits, node=node, **accesses.app.connect_kwargs()),
            None if attached else cluster,
        )
    finally:
        if not attached:
            await cluster.stop()


async def must_answer(settings: DatabaseSettings, owner: Connect, app: Connect) -> tuple[int, int]:
    """The release of PostgreSQL. Raises CannotReach naming the setting, so that nobody looks for a fault elsewhere."""
    named = f"QUIETLINE_DATABASE_URL: {place_of(settings.url)}" if settings.url else "QUIETLINE_DATA_DIR"
    owners = settings.owner_url and f"QUIETLINE_DATABASE_OWNER_URL: {place_of(settings.owner_url)}"
    await _knock(owners or named, owner)
    return await _knock(named, app)


async def _knock(named: str, connect: Connect) -> tuple[int, int]:
    try:
        return await knock(connect)
    except NoAnswer as why:
        raise CannotReach(f"{named}: the database cannot be reached: {why}") from None


async def bring_up_to_date(owner: Connect, app: Connect, *, migrates: bool) -> None:
    """Migrates where that is needed and wanted. Raises NotMigrated, NewerSchema."""
    owning, serving = engine(owner, size=1), engine(app, size=1)
    try:
        async with asyncio.timeout(LOOK):
            async with owning.connect() as connection:
                stand = await must_be_known(connection)
            if stand.age in (SchemaAge.CURRENT, SchemaAge.AHEAD) and await may_serve(serving):
                return
        if not migrates or stand.age is SchemaAge.AHEAD:
            raise NotMigrated(stand)
        await migrate(owning)
        await let_serve(owning, await role_of(serving))
    finally:
        await owning.dispose()
        await serving.dispose()
