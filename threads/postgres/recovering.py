"""A moment of an archive, made into a database again: the base copy, and on it every change until then.

The changes are gone through by PostgreSQL in its single-user mode: one process, which ends when it is done, and which nobody
can connect to before. Only then does the database get its name (`Home.complete`).
"""

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from threads.postgres.access import DATABASE, ClusterError
from threads.postgres.archive import ROOM, ArchiveTrouble, Directory
from threads.postgres.beside import ran
from threads.postgres.cluster import to_its_end
from threads.postgres.files import Home
from threads.postgres.programs import Programs, found
from threads.postgres.reaching_back import Way, way_to

PATIENCE: Final = 24 * 3600.0
"""Seconds to go through the changes: a day's take minutes."""
_SETTINGS: Final = {
    "exit_on_error": "on",
    # What is archived is laid beside the base copy before; there is nothing more to fetch.
    "restore_command": "false",
    "recovery_target_action": "promote",
    "hot_standby": "off",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "shared_buffers": "128MB",
}
_REACHED: Final = re.compile(r"last completed transaction was at log time (\S+ \S+)")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reached:
    """What stands in the database now: all that was committed until `last`; `ended` where the archive had no more."""

    last: datetime
    ended: bool


async def recovered(
    data_dir: Path, named: Path | None, archive: Path, until: datetime | None, tell: Tell
) -> Reached:
    """Makes the database of a data directory that has none. What is half stays behind, under no name that anything starts.

    Raises ArchiveTrouble, ClusterError, OSError.
    """
    home = Home(data_dir)
    home.make()
    lock = home.lock()
    try:
        if home.pgdata.exists():
            raise ClusterError(f"there is a database in {home.path} already")
        ours = replace(await asyncio.to_thread(found, home.pgdata, named), uid=None, gid=None)
        way = await asyncio.to_thread(way_to, Directory(archive), ours, until)
        ended = until is None or until >= way.last
        staging = home.staging()
        await _laid(way, staging, ours, tell)
        last = await _gone_through(home, staging, named, None if ended else until) or way.base.at
        home.complete(staging)
        return Reached(last, ended)
    finally:
        os.close(lock)


async def _laid(way: Way, staging: Path, ours: Programs, tell: Tell) -> None:
    """The base copy, held against its manifest once it is here, and the changes. File by file: it may be stopped."""
    files = [*_files(way.base.path)]
    size = sum(one.stat().st_size for one in (*files, *way.changes))
    if shutil.disk_usage(staging).free < size + ROOM:
        raise ArchiveTrouble(f"there is no room for {size >> 20} MiB in {staging.parent}")
    tell(f"base copy of {way.base.at:%Y-%m-%d %H:%M:%S} UTC, {size >> 20} MiB with its changes")
    for folder in (one for one in way.base.path.rglob("*") if one.is_dir()):
        (staging / folder.relative_to(way.base.path)).mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in files:
        await to_its_end(partial(shutil.copyfile, file, staging / file.relative_to(way.base.path)))
    await ran(
        ours,
        ("pg_verifybackup", "--quiet", "--exit-on-error", "--no-parse-wal", str(staging)),
        staging,
        PATIENCE,
    )
    for file in way.changes:
        await to_its_end(
            partial(shutil.copyfile, file, staging / "pg_wal" / file.name.removesuffix(".partial"))
        )
    (staging / "backup_manifest").unlink()
    (staging / "recovery.signal").touch(0o600)


def _files(base: Path) -> Iterator[Path]:
    for one in base.rglob("*"):
        if one.is_symlink():  # none of ours: it would lead out of the archive
            raise ArchiveTrouble(f"{one} is a link, and no part of a base copy")
        if one.is_file():
            yield one


async def _gone_through(
    home: Home, staging: Path, named: Path | None, until: datetime | None
) -> datetime | None:
    """When what was committed last was committed; None where nothing was since the base copy."""
    programs = await asyncio.to_thread(
        found, staging, named
    )  # also gives it to the account that runs PostgreSQL
    target = {} if until is None else {"recovery_target_time": until.isoformat()}
    settings = [f"{name}={value}" for name, value in {**_SETTINGS, **target}.items()]
    arguments = [part for one in settings for part in ("-c", one)]
    command = ("postgres", "--single", "-j", "-D", programs.place(staging), *arguments, DATABASE)
    with home.held() as held:
        words = await ran(programs, command, staging, PATIENCE, keep=[held])
    (staging / "backup_label.old").unlink(missing_ok=True)
    reached = _REACHED.search(words)
    return datetime.fromisoformat(reached[1]) if reached else None
