"""A backup brought to the set-up page: where it lies, whether its key opens it, and what is in it.

Everything here is before there is a practice, by the one-time link of whoever started the server.
"""

import asyncio
import hmac
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from messaging.backup.frames import HEADER, frames, read_header
from messaging.backup.header import NoBackup
from messaging.backup.sealing import opened
from messaging.backup.sheet import written
from web.database_settings import DatabaseSettings

UPLOAD: Final = "/set-up/backup/file"
"""The one place that takes more than a request may have, and only by the one-time link."""
UPLOAD_SECONDS: Final = 6 * 60 * 60.0
"""For all of it, from a home behind a slow line."""
LOOK_SECONDS: Final = 240.0
"""For looking it through: a browser waits about five minutes for an answer. (100 000 lines of chat take 8 s.)"""
SPARE: Final = 2 * 1024 * 1024 * 1024
"""Octets of disk that stay free beside an upload."""
ABROAD: Final = ("PATH", "LANG", "LC_ALL", "HOME", "VIRTUAL_ENV", "PYTHONPATH")
DAMAGED: Final = "The backup is damaged, or its end is missing. Please bring it once more, or another one."
TOO_LONG: Final = (
    "It takes too long to be looked through by a page. Please restore it on the server by the command below."
)
NEWER: Final = "The backup is of a newer Quietline than this one. Please install that one, and come back."


@dataclass(slots=True)
class Bringing:
    """How far it is. `key`: of the backup, once it was shown to open it; in memory alone."""

    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where the server is to end, and to begin again with what was brought."""
    key: bytes | None = field(default=None, repr=False)
    found: "Found | None" = None
    trouble: str = ""
    """Why the last time it could not be restored."""
    arriving: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a backup, as a look through all of it has shown."""

    at: str
    program: str
    rows: dict[str, int]
    opened: int
    """Sealed values that open."""


def place_of_upload(settings: DatabaseSettings) -> Path:
    """Where it lies."""
    return settings.data_dir.absolute() / "uploaded.backup"


def can_be_restored_here(settings: DatabaseSettings) -> bool:
    """Where database and key are this server's own, in its data directory, it can put them aside and begin again."""
    own_key = settings.master_key_command is None and settings.master_key_file.parent == settings.data_dir
    return settings.url is None and own_key


def lets_upload(expected: str | None, target: str) -> bool:
    """Whether this request may be as large as a backup: its path, and the one-time link's token."""
    parts = urlsplit(target)
    shown = parse_qs(parts.query, max_num_fields=4).get("token", [""])[0] if parts.path == UPLOAD else ""
    return expected is not None and hmac.compare_digest(shown.encode(), expected.encode())


def has_room(folder: Path, size: int) -> bool:
    """Whether so many octets more still leave what the database needs."""
    return shutil.disk_usage(folder).free - size > SPARE


def check_key(file: Path, key: bytes) -> None:
    """Whether it opens the backup's beginning. Raises NoBackup with a sentence for the operator."""
    with file.open("rb") as held:
        kind, content = next(frames(opened(held.read, [key])), (b"", b""))
        if kind != HEADER:
            raise NoBackup("the backup has no header")
        read_header(content)


async def looked_through(file: Path, key: bytes) -> Found:
    """By a process of its own, which can be killed and whose memory is not ours. Raises NoBackup."""
    check_key(file, key)
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "web.cli",
            "backup",
            "verify",
            str(file),
            "--recovery",
            "-",
            "--json",
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
        env={name: os.environ[name] for name in ABROAD if name in os.environ},
    )
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            said, _ = await process.communicate(written(key).encode())
    except TimeoutError:
        raise NoBackup(TOO_LONG) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()  # bound: it was killed
    return _found(said)


def _found(said: bytes) -> Found:
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:  # it said nothing: what it read did not open to its end
        raise NoBackup(DAMAGED) from None
    if told["newer"]:
        raise NoBackup(NEWER)
    if not told["fine"]:
        raise NoBackup(DAMAGED)
    at = datetime.fromisoformat(told["at"]).astimezone(UTC)
    return Found(f"{at:%Y-%m-%d %H:%M} UTC", told["program"], told["tables"], told["opened"])
