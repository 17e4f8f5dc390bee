"""As whom PostgreSQL runs: ourselves, or, when we are root, the owner of its data. Never as root."""

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import Final

from threads.postgres.access import ClusterError

ACCOUNT: Final = "quietline-postgres"
"""PostgreSQL refuses to run as root, and rightly. Not `nobody` and not `postgres`: whatever else runs under those would
share the uid, could read PGDATA and stop the server. So the first start as root adds an account of its own: no shell,
no home, no password."""

_USERADD: Final = (
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir",
    "/nonexistent",
    "--shell",
    "/usr/sbin/nologin",
)
_PATIENCE: Final = 20.0
"""Seconds for another start to add the account, or for an administrator's tool to let go of /etc/passwd."""


def must_be_ours(pgdata: Path) -> None:
    """For an ordinary user. PostgreSQL would refuse too, but with no word of what to do."""
    if pgdata.exists() and pgdata.stat().st_uid != os.geteuid():
        raise ClusterError(
            f"{pgdata} belongs to uid {pgdata.stat().st_uid}, and this is uid {os.geteuid()}: start as that user or as root"
        )


def keeper(pgdata: Path) -> tuple[int, int]:
    """For root: the uid and gid to run as. The owner of PGDATA, so that he can start it again without root."""
    if pgdata.exists():
        owner = pgdata.stat()
        if owner.st_uid != 0 and _is_known(owner.st_uid):
            return owner.st_uid, owner.st_gid
    entry = _account()
    if pgdata.exists() and pgdata.stat().st_uid != entry.pw_uid:
        # Copied back by root, or a volume from a machine with other numbers.
        _give(pgdata, entry)
    return entry.pw_uid, entry.pw_gid


def only_roots(path: Path) -> bool:
    """Whether root alone could have put there what is there."""
    state = path.lstat()
    return stat.S_ISDIR(state.st_mode) and state.st_uid == 0 and not state.st_mode & 0o022


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _give(pgdata: Path, entry: pwd.struct_passwd) -> None:
    """Not where others could put things: somebody's link called postgres would have us give away /etc."""
    if pgdata.is_symlink() or not only_roots(pgdata.parent):
        raise ClusterError(f"{pgdata} belongs to uid {pgdata.stat().st_uid}: chown -R {ACCOUNT}: {pgdata}")
    _own(pgdata, entry.pw_uid, entry.pw_gid)


def give(pgdata: Path, as_of: os.stat_result) -> None:
    """To the owner of another PGDATA, whose place it takes. It lies where nobody but root and he could put something."""
    if pgdata.stat().st_uid != as_of.st_uid:
        _own(pgdata, as_of.st_uid, as_of.st_gid)


def _own(folder: Path, uid: int, gid: int) -> None:
    for place, _, files in os.walk(folder):
        for path in (place, *(os.path.join(place, file) for file in files)):
            os.chown(path, uid, gid, follow_symlinks=False)


def _account() -> pwd.struct_passwd:
    """Our account, added if need be.

    One start at a time: of several useradd for one name the last wins (measured), and the uid the others were told
    is gone. The lock is on the directory, for useradd replaces the file.
    """
    lock = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    deadline = time.monotonic() + _PATIENCE
    try:
        while True:  # bound: _PATIENCE
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return _found_or_added()
            except (BlockingIOError, KeyError):
                if time.monotonic() > deadline:
                    raise _cannot_add() from None
            time.sleep(0.05)
    finally:
        os.close(lock)


def _found_or_added() -> pwd.struct_passwd:
    """Raises KeyError if it could not be added this time."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/usr/bin:/sbin:/bin")
        if useradd is None:
            raise _cannot_add() from None
    subprocess.run([useradd, *_USERADD, ACCOUNT], check=False, capture_output=True, timeout=_PATIENCE)  # noqa: S603
    return pwd.getpwnam(ACCOUNT)


def _cannot_add() -> ClusterError:
    return ClusterError(
        f"PostgreSQL does not run as root and the system account {ACCOUNT} cannot be added: "
        "add it, or start Quietline as an ordinary user"
    )
