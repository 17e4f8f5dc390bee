"""Settings of the database: which one, by which programs, and what unlocks it."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`url` None: the embedded PostgreSQL. `owner_url` migrates, when it is another role than the one that serves."""

    data_dir: Path
    url: str | None = field(default=None, repr=False)
    owner_url: str | None = field(default=None, repr=False)
    backup_url: str | None = field(default=None, repr=False)
    """As whom an external database is backed up: a role that reads everything and changes nothing."""
    master_key_file: Path = Path("master.key")
    master_key_command: tuple[str, ...] | None = field(default=None, repr=False)
    """What gives the master key instead of a file."""
    audit_anchors_file: Path = Path("audit.anchors")
    trail_head_file: Path | None = None
    """Where signed heads of the trails go, a line a day and practice; None: nowhere."""
    trail_heads_mailed: Path = Path("trail.heads-mailed")
    """Those that were sent by mail, so that each is sent once."""
    ledger_file: Path = Path("erased.ledger")
    """What was erased, so that it stays so after a restore. Beside the master key: outside database and backups."""
    postgres_bin: Path | None = None
    """Where the embedded PostgreSQL's programs are; None: those that come with us."""
    restoring: bool = False
    """Whether we are who lays a backup into the data directory: to everybody else it is unfinished."""


def read_database_url(raw: str) -> str:
    """A DSN as it was given. Raises ValueError, without its password."""
    if urlsplit(raw).scheme not in ("postgresql", "postgres"):
        raise ValueError("write it as postgresql://user:password@host[:port]/database")
    return raw


def read_folder(raw: str) -> Path:
    """An absolute path. Raises ValueError."""
    if not Path(raw).is_absolute():
        raise ValueError("write it as an absolute path")
    return Path(raw)


def place_of(url: str) -> str:
    """Where a database's URL leads, without the role and its password: for the operator to read."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "a URL that cannot be read"
    return f"{host or 'this machine'}{port}{parts.path}"


def read_command(raw: str) -> tuple[str, ...]:
    """A program by its whole path, and its arguments, as a shell would take them apart. Raises ValueError."""
    words = tuple(shlex.split(raw))
    if not words or not Path(words[0]).is_absolute():
        raise ValueError("begin it with the program's absolute path")
    return words
