"""What an archive takes, and how long a moment of it takes to restore: one JSON object on standard output.

    python -m tests.bench.archive --entries 100000 --idle 600

An embedded database with that many lines of chat (200 characters each) in a hundred conversations; its first base copy, made
by a server that has just started; that server while nobody writes, asked for its health every 10 s; all of it restored.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.backup import filled, measured
from tests.bench.machine import start
from threads.postgres.archive import Directory, place_of
from threads.postgres.files import Home
from threads.postgres.receiving import asking
from web.commands.asking_health import _ready
from web.settings import read_settings

GLANCE = 0.05
ASKED = 10.0
"""Seconds between two looks at a server's health, as a probe asks."""


def size(folder: Path) -> float:
    """MB."""
    return round(sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6, 1)


async def written(data_dir: Path) -> int:
    """Octets of changes since the beginning."""
    async with asking(Home(data_dir).accesses().archive) as connection:
        return place_of(await connection.fetchval("select pg_current_wal_lsn()::text"))


def run(entries: int, idle: float) -> dict[str, Any]:
    """Everything, in a directory that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        old, new, archive = Path(folder, "old"), Path(folder, "new"), Path(folder, "archive")
        archive.mkdir()
        settings = {"QUIETLINE_DATA_DIR": str(old)}
        asyncio.run(filled(read_settings(settings), entries))
        found: dict[str, Any] = {"entries": entries, "database_mb": size(old / "postgres" / "base")}
        archived = settings | {"QUIETLINE_ARCHIVE_DIR": str(archive), "QUIETLINE_HTTP": "127.0.0.1:0"}
        server = start("web.cli", "serve", "--json", "--roles", "web,jobs", settings=archived)
        began = time.monotonic()
        while _ready(server.http).get("archive") != "going":
            time.sleep(GLANCE)
        found["base_copy"] = {"seconds": round(time.monotonic() - began, 1)}
        base = Directory(archive).strands()[0].bases[0].path
        found["base_copy"]["mb"] = size(base)
        before, until = asyncio.run(written(old)), time.monotonic() + idle
        while time.monotonic() < until:
            _ready(server.http)
            time.sleep(ASKED)
        grown = asyncio.run(written(old)) - before
        found["idle_mb_a_day"] = round(grown / 1e6 * 86_400 / idle, 1) if idle else None
        server.stop()
        found["archive_mb"] = size(archive)
        asked = ("restore", "--archive", str(archive), "--data-dir", str(new), "--reason", "bench")
        found["restore"] = measured(settings, *asked)
        return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--idle", type=float, default=600.0, help="seconds")
    given = parser.parse_args()
    json.dump(run(given.entries, given.idle), sys.stdout)
    sys.stdout.write("\n")
