"""Moving the embedded database to another major release of PostgreSQL: may it begin, and what is left when it is done.

The rows are brought over by a backup that nobody keeps (see `web.house_upgrade`). The new database grows in a data directory
of its own, `postgres.upgrade`, with the passwords of the former, so that only PGDATA itself is exchanged in the end.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from threads.postgres.access import ClusterError
from threads.postgres.account import give
from threads.postgres.cluster import Cluster
from threads.postgres.files import Home, Passwords
from threads.postgres.programs import OLDEST, made_by, release_of

SETTING: Final = "--from"
SPARE: Final = 1024 * 1024 * 1024
"""Octets beside the rows: the new database's own, and the changes it logs meanwhile (`max_wal_size`)."""


@dataclass(frozen=True, slots=True)
class Move:
    """From which release to which, and where everything lies."""

    data_dir: Path
    programs: Path
    """Of the former release."""
    former: int
    release: int

    @property
    def staging(self) -> Path:
        """The data directory in which the new database grows."""
        return self.data_dir / "postgres.upgrade"

    @property
    def aside(self) -> Path:
        """Where the former database lies afterwards."""
        return self.data_dir / f"postgres.former-{self.former}"


def examined(data_dir: Path, programs: Path, ours: Path | None) -> Move:
    """What is to be done. `ours`: the programs to move to; None: those that come with us. Changes nothing but what a move
    that was killed has left.

    Raises AlreadyRunning where the database runs, ClusterError where it cannot be moved.
    """
    home = Home(data_dir)
    if not home.has_database():
        raise ClusterError(f"QUIETLINE_DATA_DIR: there is no database in {data_dir}")
    lock = home.lock()
    try:
        home.settle()
        release = release_of(home.pgdata, ours)
        former = _former(home.pgdata, release)
        if former == release:
            sweep(Move(data_dir, programs, former, release))
            raise ClusterError(f"the database in {data_dir} is of PostgreSQL {release} already")
        move = Move(home.path, programs, former, release)
        _must_fit(move, home.pgdata)
        return move
    finally:
        os.close(lock)


def _former(pgdata: Path, release: int) -> int:
    made = made_by(pgdata) or ""
    if not made.isdecimal():
        raise ClusterError(f"{pgdata} does not say which PostgreSQL made it: {pgdata / 'PG_VERSION'}")
    if int(made) > release:
        raise ClusterError(f"{pgdata} was made by PostgreSQL {made}, which is newer than ours ({release})")
    if int(made) < OLDEST:
        raise ClusterError(f"{pgdata} was made by PostgreSQL {made}; {OLDEST} or newer is needed")
    return int(made)


def _must_fit(move: Move, pgdata: Path) -> None:
    found = release_of(pgdata, move.programs, SETTING)
    if found != move.former:
        raise ClusterError(
            f"{SETTING}: {move.programs} is release {found}, and {pgdata} was made by release {move.former}"
        )
    if pgdata.is_symlink() or pgdata.stat().st_dev != move.data_dir.stat().st_dev:
        raise ClusterError(
            f"{pgdata} lies elsewhere (a link or a mount): move it by a backup (docs/upgrading.md)"
        )
    if move.aside.exists():
        raise ClusterError(f"{move.aside} is there already, from an earlier move: remove it first")
    needed, free = _size(pgdata) + SPARE, shutil.disk_usage(move.data_dir).free + _size(move.staging)
    if free < needed:
        raise ClusterError(
            f"{move.data_dir}: {needed / 1e9:.1f} GB must be free for a second database, and {free / 1e9:.1f} GB are"
        )


def _size(folder: Path) -> int:
    """Octets on the disk; of nothing, 0."""
    return sum(
        (Path(place) / file).lstat().st_blocks * 512 for place, _, files in os.walk(folder) for file in files
    )


async def prepare(move: Move, ours: Path | None) -> None:
    """An empty data directory to fill, with the former's passwords. Whoever runs the former database holds its lock.

    What an earlier move has left is removed, and ended where it still runs.
    """
    if move.staging.exists():
        await Cluster(move.staging, ours).clear()
        sweep(move)
    move.staging.mkdir(mode=0o700)
    Home(move.staging).keep(Passwords(Home(move.data_dir).passwords().of, rights=""))


async def exchange(move: Move, former: Cluster) -> None:
    """The new database, which rests, takes the place of the former, which runs until now and rests then."""
    whole = Home(move.staging).pgdata
    give(whole, Home(move.data_dir).pgdata.stat())
    await former.give_way(whole, move.aside)


def sweep(move: Move) -> None:
    """What the new database grew in goes; nothing of it runs any more."""
    if move.staging.exists():
        shutil.rmtree(move.staging)
