"""Where a backup meets the database: as whom it is read, and how it is laid in."""

import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from messaging.backup.frames import Frame
from messaging.backup.header import Header, NotEmpty, Tell
from messaging.backup.sealing import Put, begun
from messaging.trust.root_keys import RootKeys
from threads.backup.copying import Source, standing_still
from threads.backup.laying_in import lay_in
from threads.connection.outages import is_outage
from threads.database import Connect, NotFitToServe, connector
from threads.postgres.archive import ArchiveTrouble
from threads.postgres.cluster import Cluster, ClusterError
from threads.postgres.recovering import recovered
from threads.reaching import NoAnswer, knock
from threads.schema import MIGRATING, NewerSchema, NotMigrated, steps_known
from threads.trail.anchors import AnchorTrouble
from web.causes import UNFINISHED, is_full, must_be_whole, must_take_files
from web.database_settings import DatabaseSettings, place_of
from web.house_database import CannotReach, database

UNNOTED: Final = (AnchorTrouble, CannotReach, NewerSchema, NotFitToServe, NotMigrated)
"""Why there may be no house from which a backup is noted, where the database can be read nonetheless."""


@asynccontextmanager
async def backup_source(settings: DatabaseSettings) -> AsyncIterator[Source]:
    """The database at one moment, beside whatever server runs. Raises CannotReach, CannotBackUp, ClusterError."""
    if settings.url:
        async with _elsewhere(settings, settings.url) as source:
            yield source
        return
    must_be_there(settings)
    cluster, attached = Cluster(settings.data_dir, settings.postgres_bin), True
    try:
        accesses = await cluster.attach()
    except ClusterError:  # no server runs: the command starts the database for itself
        accesses, attached = await cluster.start(), False
    try:
        async with standing_still(connector(limits=MIGRATING, **accesses.backup.connect_kwargs())) as source:
            yield source
    finally:
        if not attached:
            await cluster.stop()


def must_be_there(settings: DatabaseSettings) -> None:
    """A database of our own, before anything would make one. Raises CannotReach, BadSettings."""
    if settings.url:
        return
    must_be_whole(settings.data_dir)
    if not (settings.data_dir / "postgres").exists():
        raise CannotReach(f"QUIETLINE_DATA_DIR: there is no database in {settings.data_dir}")


@asynccontextmanager
async def _elsewhere(settings: DatabaseSettings, url: str) -> AsyncIterator[Source]:
    """As the role that is named for it; without one, as the owner, if that one may look past row security."""
    name = "QUIETLINE_BACKUP_URL" if settings.backup_url else "QUIETLINE_DATABASE_URL"
    url = settings.backup_url or settings.owner_url or url
    connect = connector(url, MIGRATING)
    await _must_answer(name, url, connect)
    async with standing_still(connect) as source:
        yield source


async def sealed(source: Source, header: Header, keys: RootKeys, out: Put, told: Tell) -> None:
    """All of a backup, from its first octet to its last. Raises CannotBackUp."""
    sealer = begun(keys.known[0].secret, os.urandom, out)
    await source.copy(header, sealer.feed, told)
    sealer.finish()


def is_newer(header: Header) -> bool:
    """Whether a newer program made it."""
    return header.schema not in steps_known()


async def _must_answer(name: str, url: str, connect: Connect) -> None:
    try:
        await knock(connect)
    except NoAnswer as why:
        raise CannotReach(f"{name}: {place_of(url)}: the database cannot be reached: {why}") from None


async def laid_in(target: DatabaseSettings, header: Header, rest: Iterator[Frame], tell: Tell) -> None:
    """Into an empty database. Raises NotEmpty, NoBackup, CannotBackUp, CannotReach."""
    async with database(target, beside=False) as (owner, app, _):
        if target.url:
            await _must_answer("--database-url", target.owner_url or target.url, owner)
        await lay_in(owner, app, header, rest, tell)


@contextmanager
def told_if_full(folder: Path) -> Iterator[None]:
    """A database that is filled has its own words for a full disk, or none. Raises CannotReach instead."""
    try:
        yield
    except Exception as fault:  # looked at: where it is not what a full disk does, it is raised again
        if not (isinstance(fault, ClusterError) or is_outage(fault)) or not is_full(folder):
            raise
        raise CannotReach(f"{folder}: no space is left on the disk") from fault


async def gone_back(
    target: DatabaseSettings, archive: Path, until: datetime | None, tell: Callable[[str], None]
) -> tuple[datetime, bool]:
    """A moment of an archive, in a data directory without a database: when the last change in it was made, and whether the
    archive had no more. Raises CannotReach, ClusterError, OSError.
    """
    try:
        found = await recovered(target.data_dir, target.postgres_bin, archive, until, tell)
    except ArchiveTrouble as trouble:
        raise CannotReach(f"--archive: {trouble}") from None
    return found.last, found.ended


@asynccontextmanager
async def being_restored(target: DatabaseSettings, kept: tuple[str, ...]) -> AsyncIterator[None]:
    """The data directory is marked until all of it stands; if it comes to nothing, the directory is as it was.

    What was killed leaves its mark, over which nothing starts (`must_be_whole`); who restores again removes what was left.
    `kept`: how the names begin of what may stand there before. Raises NotEmpty, BadSettings, ClusterError.
    """
    folder, made = target.data_dir, not target.data_dir.exists()
    must_take_files("--data-dir", folder)
    with _marked(folder) as cut_off:
        stays = {name for name in _names(folder) if not cut_off or name.startswith(kept)}
        try:
            await _remove(target, _names(folder) - stays)
            yield
        except BaseException:  # raised again: whatever it was, half a restore is none
            await _remove(target, _names(folder) - stays)
            _unmark(folder)
            if made:
                folder.rmdir()
            raise
        _unmark(folder)


@contextmanager
def _marked(folder: Path) -> Iterator[bool]:
    """Whether a restore that was cut off had left its mark. The lock on it goes with the process, however that ends."""
    mark = folder / UNFINISHED
    cut_off = mark.exists()
    handle = os.open(mark, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle):
        if not taken(handle, mark):
            raise NotEmpty(f"--data-dir: another restore into {folder} is under way")
        sync(folder)
        yield cut_off


def taken(handle: int, mark: Path) -> bool:
    """Locked, and still what has this name: whoever had it may have come to its end meanwhile."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), mark.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _unmark(folder: Path) -> None:
    sync(folder)
    (folder / UNFINISHED).unlink()
    sync(folder)


async def _remove(target: DatabaseSettings, names: set[str]) -> None:
    if names:  # what was killed may have left its database running
        await Cluster(target.data_dir, target.postgres_bin).clear()
    for one in (target.data_dir / name for name in names):
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink(missing_ok=True)


def _names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()} - {UNFINISHED}


def sync(folder: Path) -> None:
    """A new name survives a power cut only once its directory is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
