"""What the embedded PostgreSQL keeps in the data directory: its data, the passwords, the lock, the socket's name.

postgres/           PGDATA, 0700, complete from the moment it has this name; the socket is in it
postgres.json       the roles' passwords, 0600
postgres.lock       held (flock) by the one Quietline that runs this database
postgres.held       held (flock) by every process of the running PostgreSQL, whoever started it
postgres.log        what PostgreSQL says: no statements, no values
postgres.upgrade/   a data directory of its own while a new major release is moved to (see upgrading)
postgres.next       that one's PGDATA, whole, for the moment in which it takes the former's place
postgres.former-N   the PGDATA of release N, aside; nothing of ours looks at it any more
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from threads.postgres.access import (
    APP,
    ARCHIVE,
    BACKUP,
    DATABASE,
    OWNER,
    PORT,
    Access,
    Accesses,
    AlreadyRunning,
    ClusterError,
)

_ROLES: Final = (OWNER, APP, BACKUP, ARCHIVE)
_LONGEST_SOCKET: Final = 103
"""Bytes of a Unix socket's path: 107 on Linux, 103 on macOS."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9/._+@-]+")
"""Paths that survive every client: a comma would be read as a list of hosts."""
LAST_HEIR: Final = 5.0
"""Seconds for the last process of a dead server to end. They notice within one, unless they hang."""
_LOG_LIMIT: Final = 4 * 1024 * 1024
_LOG_KEPT: Final = 256 * 1024


@dataclass(frozen=True)
class Passwords:
    """The roles' passwords, and the fingerprint of the script that last gave the roles their rights."""

    of: dict[str, str] = field(repr=False)
    rights: str

    @classmethod
    def drawn(cls) -> "Passwords":
        return cls(of={role: secrets.token_urlsafe(32) for role in _ROLES}, rights="")


class Home:
    """The data directory, as far as it belongs to PostgreSQL."""

    def __init__(self, data_dir: Path, port: int = PORT) -> None:
        self.path = data_dir.absolute()
        self.port = port
        self.pgdata = self.path / "postgres"
        self._next = self.path / "postgres.next"
        self.log = self.path / "postgres.log"
        self._passwords = self.path / "postgres.json"
        self._lock = self.path / "postgres.lock"
        self._held = self.path / "postgres.held"

    def beside(self, pgdata: Path) -> "Home":
        """The same with another database in it: one that is being made."""
        other = copy(self)
        other.pgdata = pgdata
        return other

    def make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def name(self) -> str:
        """Marks our processes. By inode, so that a copy of the directory is another cluster, a moved one the same."""
        found = self.pgdata.stat()
        return "quietline-" + hashlib.sha256(f"{found.st_dev}:{found.st_ino}".encode()).hexdigest()[:12]

    def lock(self) -> int:
        """Take the directory for this process's life; the kernel lets go of it even after kill -9."""
        descriptor = _open(self._lock, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunning(
                f"another Quietline (pid {holder or 'unknown'}) already runs the database in {self.path}: "
                "stop it first, or choose another QUIETLINE_DATA_DIR"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor

    @contextmanager
    def held(self) -> Iterator[int]:
        """A lock for a new postmaster to inherit, proof that no process of an older one is left.

        A pid file proves nothing: in another container on the same volume its pid is not even visible, and two
        postmasters on one directory destroy it. The kernel keeps this lock until the last heir is gone.
        """
        descriptor = _open(self._held, os.O_RDWR | os.O_CREAT)
        try:
            deadline = time.monotonic() + LAST_HEIR
            while not _locked(descriptor):
                if time.monotonic() > deadline:
                    raise ClusterError(
                        f"a PostgreSQL that cannot be stopped from here still uses {self.pgdata}"
                    )
                time.sleep(0.05)
            yield descriptor
        finally:
            os.close(descriptor)

    def staging(self) -> Path:
        """A new directory for initdb to fill."""
        return Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.path))

    def being_made(self) -> list[Path]:
        """Databases that have no name yet."""
        return [*self.path.glob("postgres.new-*")]

    def sweep(self) -> None:
        """Remove what an interrupted initdb left. Never PGDATA: that is complete, or it would not have its name."""
        for leftover in self.being_made():
            # An orphaned initdb may still write into it for a second: what stays is removed by the next start.
            shutil.rmtree(leftover, ignore_errors=True)
        if self._next.exists() and self.pgdata.exists():
            # Its exchange was cut off before it began: from here on the former has words that this one lacks.
            shutil.rmtree(self._next)

    def exchange(self, whole: Path, aside: Path) -> None:
        """Another PGDATA, whole and at rest, takes the place of ours, which goes aside.

        Each step is one name, on the disk before the following. Between the last two nothing is called postgres:
        `settle` then finishes it, at the next start.
        """
        whole.rename(self._next)
        sync(whole.parent)
        sync(self.path)
        self.pgdata.rename(aside)
        sync(self.path)
        self.settle()

    def has_database(self) -> bool:
        """Whether there is one, or will be with the next start."""
        return self.pgdata.exists() or self._next.exists()

    def settle(self) -> None:
        """Finishes an exchange that was cut off: the former has gone aside, so the next is whole, and lacks nothing."""
        if self._next.exists() and not self.pgdata.exists():
            self.complete(self._next)

    def clear(self) -> None:
        """Removes all that is ours; nothing of it runs any more."""
        self.forget_alias()
        self.sweep()
        if self.pgdata.exists():
            shutil.rmtree(self.pgdata)
        for one in (self._passwords, self._held, self.log, self._lock):
            one.unlink(missing_ok=True)

    def complete(self, staging: Path) -> None:
        """The one moment at which the database comes into being: whole, or not at all."""
        staging.rename(self.pgdata)
        sync(self.path)

    def passwords(self) -> Passwords:
        """The kept passwords; new ones when there are none (or half a file), which the rights script then sets."""
        try:
            kept = json.loads(self._passwords.read_bytes())
            # A role that came later has none yet, and its rights are not those: the next start sets both.
            known = {role: str(kept[role]) for role in (OWNER, APP, BACKUP)}
            given = Passwords.drawn().of | known
            return Passwords(given | {r: str(kept[r]) for r in _ROLES if r in kept}, str(kept["rights"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Passwords.drawn()

    def keep(self, passwords: Passwords) -> None:
        new = self._passwords.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = _open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "w") as file:
            json.dump({**passwords.of, "rights": passwords.rights}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._passwords)
        sync(self.path)

    def accesses(self) -> Accesses:
        """What a client needs. Names the socket anew, should the temporary directory have been swept."""
        host, known = self.socket_dir(), self.passwords()
        if not known.rights:
            raise ClusterError(f"there is no database in {self.path} yet: start the server first")
        owner, app, backup, archive = (
            Access(host=host, port=self.port, database=DATABASE, user=role, password=known.of[role])
            for role in _ROLES
        )
        return Accesses(owner, app, backup, archive)

    def trim_log(self) -> None:
        """Keep the log's end only. PostgreSQL appends, so it goes on writing behind what we keep."""
        with os.fdopen(self.open_log(), "rb+", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _LOG_LIMIT:
                end = os.pread(file.fileno(), _LOG_KEPT, size - _LOG_KEPT)
                file.truncate(0)
                file.write(end)

    def open_log(self) -> int:
        return _open(self.log, os.O_RDWR | os.O_CREAT | os.O_APPEND)

    def last_words(self) -> str:
        """Why PostgreSQL gave up, in its own words (they hold no values: see the settings)."""
        with os.fdopen(self.open_log(), "rb") as file:
            end = os.pread(file.fileno(), 8192, max(0, os.fstat(file.fileno()).st_size - 8192))
        # Not its answers to those who knocked too early.
        said = re.findall(rb"(?:FATAL|PANIC|could not|error)(?!:  the database system is ).*", end)
        return said[-1].decode("utf-8", "replace") if said else f"see {self.log}"

    def socket_dir(self) -> str:
        """PGDATA itself, or a short name for it. PostgreSQL binds relative to PGDATA, so no path is too long for *it*."""
        socket = self.pgdata / f".s.PGSQL.{self.port}"
        if len(os.fsencode(socket)) <= _LONGEST_SOCKET and _PLAIN.fullmatch(str(self.pgdata)):
            return str(self.pgdata)
        return str(self._alias())

    def _alias(self) -> Path:
        """A link to PGDATA in a private directory with a short, predictable name.

        Predictable, so anybody may have made it before us, and would be given our passwords' handshakes: it must be
        a real directory, ours alone.
        """
        private = self._private()
        private.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(private):
            raise ClusterError(f"{private} is not a private directory of this user: remove it")
        link = private / "db"
        if not (link.is_symlink() and link.readlink() == self.pgdata):
            link.unlink(missing_ok=True)
            link.symlink_to(self.pgdata)
        if len(os.fsencode(link / f".s.PGSQL.{self.port}")) > _LONGEST_SOCKET:
            raise ClusterError(f"the path {link} is too long for a socket: set TMPDIR to a shorter one")
        return link

    def forget_alias(self) -> None:
        if self.pgdata.exists() and _is_private(self._private()):
            shutil.rmtree(self._private(), ignore_errors=True)

    def _private(self) -> Path:
        return Path(tempfile.gettempdir()) / f"{self.name()}-{os.geteuid()}"


def _is_private(path: Path) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _open(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync(directory: Path) -> None:
    """A new name survives a power cut only once its directory is on disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
