"""Settings of the database: which one, by which programs, and what unlocks it."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from web.settings_reader import Reader

MOST_DAYS: Final = 366


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
    archive_dir: Path | None = None
    """Where the embedded PostgreSQL's base copies and changes go; None: nowhere."""
    archive_days: int = 7
    """For how long each moment is to be in reach."""
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


def read_days(raw: str) -> int:
    """A number of days. Raises ValueError."""
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw[:4]) <= MOST_DAYS:
        raise ValueError(f"a number of days from 1 to {MOST_DAYS}")
    return int(raw[:4])


def archive_mistakes(settings: DatabaseSettings) -> Iterator[str]:
    """Why no archive can be kept there."""
    archive = settings.archive_dir
    if archive is None:
        return
    if settings.url is not None:
        yield "only the embedded database is archived; one elsewhere has means of its own (docs/restoring.md)"
    ours, theirs = archive.resolve(), settings.data_dir.resolve()
    if ours.is_relative_to(theirs) or theirs.is_relative_to(ours):
        yield "it must be apart from QUIETLINE_DATA_DIR: what takes away the one must not take the other"
    elif settings.master_key_file.resolve().is_relative_to(ours):
        yield "the master key must not lie in it: whoever has both reads everything"


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


def read_database(reader: Reader, data_dir: Path) -> DatabaseSettings:
    """All of them; what is wrong is noted by the reader."""
    key_file = Path(reader.text("MASTER_KEY_FILE", str(data_dir / "master.key")))
    command = reader.optional("MASTER_KEY_COMMAND", read_command)
    if command and reader.given("MASTER_KEY_FILE"):
        reader.wrong("MASTER_KEY_COMMAND", "QUIETLINE_MASTER_KEY_FILE is set too; leave one of them out")
    settings = DatabaseSettings(
        data_dir=data_dir,
        url=reader.optional("DATABASE_URL", read_database_url),
        owner_url=reader.optional("DATABASE_OWNER_URL", read_database_url),
        backup_url=reader.optional("BACKUP_URL", read_database_url),
        postgres_bin=reader.optional("POSTGRES_BIN", read_folder),
        master_key_file=key_file,
        master_key_command=command,
        ledger_file=Path(reader.text("LEDGER_FILE", str(key_file.with_name("erased.ledger")))),
        audit_anchors_file=Path(reader.text("AUDIT_ANCHORS_FILE", str(data_dir / "audit.anchors"))),
        trail_head_file=reader.optional("TRAIL_HEAD_FILE", read_folder),
        archive_dir=reader.optional("ARCHIVE_DIR", read_folder),
        archive_days=reader.value("ARCHIVE_DAYS", "7", read_days),
        trail_heads_mailed=data_dir / "trail.heads-mailed",
    )
    for why in archive_mistakes(settings):
        reader.wrong("ARCHIVE_DIR", why)
    return settings
