"""One PostgreSQL on one PGDATA: what it is told, how it starts, how every trace of an older one is ended first."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from threads.postgres.access import DATABASE, ClusterError
from threads.postgres.files import Home, Passwords
from threads.postgres.programs import Programs
from threads.postgres.roles import CREATE_DATABASE, fingerprint, rights

SETTINGS: Final = {
    # Reached only through a socket in PGDATA, which is 0700. Relative, so that no path is too long to bind.
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "allow_alter_system": "off",
    # What is acknowledged stays (each of them measured to lose acknowledged messages when off).
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "commit_delay": "0",
    # Enough in the log of changes for pg_basebackup.
    "wal_level": "replica",
    "max_wal_senders": "4",
    # For an archive that is away; then it has a hole, and begins anew. Without a bound it would fill the disk of the words.
    "max_slot_wal_keep_size": "2GB",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    # A small server. Short statements only: no compiling, no parallel workers (64 MB of /dev/shm in a container).
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    # After an import the planner must soon know how much there is: with what it knew of empty tables, looking up a
    # message's key reads the whole conversation (measured: a batch took twice as long, and longer with every message).
    "autovacuum_naptime": "10s",
    # Nothing that a row holds may reach the log. An ERROR's own text may quote a value ("invalid input syntax"), so
    # errors are not logged at all (the client is told); terse leaves out DETAIL and CONTEXT, which quote keys.
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
}
"""Given as arguments: they win over postgresql.conf, and root need not write into a directory that is another's."""

CONNECTIONS: Final = 60
"""A server's, of which its commands take some."""
OF_A_WORKER: Final = 30
"""As many more for each further process that serves."""

_FAST: Final = signal.SIGINT
_IMMEDIATE: Final = signal.SIGQUIT


class Postmaster:
    """The server process. Every method blocks; none may run beside another."""

    def __init__(self, home: Home, programs: Programs, workers: int = 1) -> None:
        self._home = home
        self._programs = programs
        self._connections = CONNECTIONS + (workers - 1) * OF_A_WORKER
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """None once it has ended."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def initialise(self) -> None:
        """initdb, in a directory that gets the name PGDATA only when all is done."""
        staging = self._home.staging()
        self._programs.own(staging)
        with tempfile.TemporaryFile() as secret:
            # The superuser's password is drawn, set and forgotten: nobody ever signs in as him (see `secure`).
            secret.write(os.urandom(32).hex().encode() + b"\n")
            secret.seek(0)
            if self._programs.uid is not None:
                os.fchown(secret.fileno(), self._programs.uid, -1)
            command = ("initdb", "-D", self._programs.place(staging), f"--pwfile=/dev/fd/{secret.fileno()}")
            self._programs.run((*command, *_INITDB), staging, keep=[secret.fileno()])
        self._alone(staging, "postgres", CREATE_DATABASE)
        self._home.complete(staging)

    def secure(self) -> None:
        """Give the roles their rights and passwords, unless this very script has already done so.

        By PostgreSQL's single-user mode, which needs no password: so no superuser's password is kept anywhere, and
        lost passwords of the others are replaced by new ones.
        """
        kept = self._home.passwords()
        script = rights(kept.of)
        if kept.rights == fingerprint(script):
            return
        self.end()
        with self._home.held() as lock:
            self._alone(
                self._home.pgdata, DATABASE, script, "-c", f"cluster_name={self._home.name()}", keep=lock
            )
        self._home.keep(Passwords(kept.of, fingerprint(script)))

    def launch(self) -> None:
        """Start it. Ends what is left of an older one first, so its pid file and its socket's lock are proven stale."""
        self.end()
        port = self._home.port
        settings = {
            **SETTINGS,
            "cluster_name": self._home.name(),
            "port": str(port),
            "max_connections": str(self._connections),
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = ("postgres", "-D", self._programs.place(self._home.pgdata), *arguments)
        with self._home.held() as lock, os.fdopen(self._home.open_log(), "ab") as log:
            for stale in ("postmaster.pid", f".s.PGSQL.{port}.lock", f".s.PGSQL.{port}"):
                (self._home.pgdata / stale).unlink(missing_ok=True)
            self._child = self._programs.start(command, self._home.pgdata, stdout=log, keep=[lock])

    def end(self) -> None:
        """Stop our child, or an orphan of a killed Quietline: kindly, then firmly, then for certain."""
        for how, patience in ((_FAST, 20.0), (_IMMEDIATE, 5.0), (signal.SIGKILL, 5.0)):
            if self._ended(how, patience):
                break
        else:
            raise self._immortal()
        self._bury()

    def kill(self) -> None:
        """End it at once: it does not answer, so it would not hear a kinder word. What it acknowledged is on the disk."""
        if not self._ended(signal.SIGKILL, 5.0):
            raise self._immortal()
        self._bury()

    def _bury(self) -> None:
        if self._child is not None:
            self._child.wait(5.0)
            self._child = None

    def _immortal(self) -> ClusterError:
        return ClusterError(f"the PostgreSQL of {self._home.pgdata} does not end, not even when killed")

    def _ended(self, how: signal.Signals, patience: float) -> bool:
        left = list(self._processes())
        for pid, is_head in left:
            # Children end with their postmaster; to them these signals mean other things.
            if is_head or how is signal.SIGKILL:
                _send(pid, how)
        if not any(is_head for _, is_head in left):
            patience = min(patience, 2.0)
        deadline = time.monotonic() + patience
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = [known for known in left if _argv0(known[0])]
        return not left

    def _processes(self) -> Iterator[tuple[int, bool]]:
        """The processes of PGDATA, and whether each is a postmaster (or a single-user server) or its child."""
        if not self._home.pgdata.exists():
            return
        pgdata, name = self._home.pgdata.stat(), self._home.name().encode()
        for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
            if not entry.name.isdecimal():
                continue
            try:
                mine = entry.stat().st_uid == pgdata.st_uid
                command = (entry / "cmdline").read_bytes() if mine else b""
                if _is_postgres(command) and (name in command or _works_in(entry, pgdata)):
                    yield int(entry.name), not command.startswith(b"postgres: ")
            except OSError:
                continue  # it ended while we looked

    def _alone(self, pgdata: Path, database: str, script: str, *more: str, keep: int | None = None) -> None:
        """Run SQL as the only process of the server, stopping at the first error."""
        place = self._programs.place(pgdata)
        quiet = ("-c", "exit_on_error=on", "-c", "log_min_error_statement=panic", "-c", "log_checkpoints=off")
        command = ("postgres", "--single", "-j", "-D", place, *quiet, *more, database)
        self._programs.run(command, pgdata, text=script, keep=[] if keep is None else [keep])


_INITDB: Final = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--data-checksums",
    "--encoding=UTF8",
    # PostgreSQL's own Unicode rules: a system library that sorts otherwise after an upgrade would break the indexes.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


def _is_postgres(command: bytes) -> bool:
    return command.startswith(b"postgres: ") or os.path.basename(command.split(b"\0")[0]) == b"postgres"


def _works_in(process: Path, pgdata: os.stat_result) -> bool:
    """Whether it runs in PGDATA, started by someone else. Root without CAP_SYS_PTRACE (a container) may not know."""
    try:
        return os.path.samestat((process / "cwd").stat(), pgdata)
    except PermissionError:
        return False


def _argv0(pid: int) -> bytes:
    """Empty when it is gone, or dead and not yet buried by its parent."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return b""


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
