"""Keeps a release's installation: python -m tests.releases.keep

Run once, by the program that is released, and never again for that release. Below `tests/releases/VERSION` then lie

    kept.backup     the demonstration, as `quietline backup` makes it
    master.key      what opens it; a key of a demonstration, and no secret
    audit.anchors   the heads of its trails
    catalogue.json  what it relied on in its database
    records.json    each conversation's record, as `quietline export` of this release tells it
    program.tar.xz  the release itself, as its wheel has it: the version after it runs beside it
"""

import asyncio
import io
import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from messaging.exporting.at_the_machine import hand_out
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId
from tests.bench.machine import Subject, clean_environment, start
from tests.house.tree import ROOT
from tests.releases.catalogue import catalogue
from threads.database import connector
from threads.postgres.cluster import Cluster
from web.exporting.writing import written
from web.house import house
from web.settings import read_settings
from web.version import VERSION

HERE: Final = Path(__file__).parent
BESIDE: Final = ("master.key", "audit.anchors")
"""What a backup does not hold, and a restored installation needs or is compared with."""


def settings_of(home: Path) -> dict[str, str]:
    """A house of this release's own, reached by nobody else."""
    return {
        "QUIETLINE_DATA_DIR": str(home),
        "QUIETLINE_HTTP": "127.0.0.1:0",
        "QUIETLINE_SMTP": "127.0.0.1:0",
    }


def quietline(home: Path, *arguments: str) -> bytes:
    """One command of this program; what it wrote. Raises CalledProcessError."""
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        env=clean_environment(settings_of(home)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


async def relied_on(home: Path) -> dict[str, Any]:
    """What this program finds in its database. A server runs there."""
    connection = await connector(**(await Cluster(home).attach()).backup.connect_kwargs())()
    try:
        return await catalogue(connection)
    finally:
        await connection.close()


async def records_in(home: Path) -> dict[str, Any]:
    """Every conversation's record, as this program tells it, by id; beside a server, if one runs there."""
    found: dict[str, Any] = {}
    async with house(read_settings(settings_of(home)), beside=True) as built:
        connection = await connector(**(await Cluster(home).attach()).backup.connect_kwargs())()
        try:
            known = await connection.fetch("select id from conversations order by id")
        finally:
            await connection.close()
        for one in known:
            way, record = await hand_out(built.office, ConversationId(one["id"]), ExportFormat.JSON, "kept")
            told = b"".join([piece async for piece in written(built.office, way, record, ExportFormat.JSON)])
            found[str(one["id"])] = json.loads(told)
    return found


@contextmanager
def running(home: Path, kind: str = "serve") -> Iterator[Subject]:
    """A server, ended afterwards."""
    server = start("web.cli", kind, "--json", settings=settings_of(home))
    try:
        yield server
    finally:
        server.stop()


def program_of(checkout: Path) -> bytes:
    """A checkout's wheel, packed as one stream: half as large, for its 900 files are small. Of the same checkout always the
    same octets. (0.1.0's was made later, of the last commit that is in its part of the CHANGELOG.)"""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as made:
        build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made)
        subprocess.run(build, cwd=checkout, check=True, capture_output=True)
        (wheel,) = Path(made).glob("*.whl")
        with zipfile.ZipFile(wheel) as held, tarfile.open(fileobj=packed, mode="w") as into:
            for name in sorted(held.namelist()):
                one = tarfile.TarInfo(name)
                one.size = held.getinfo(name).file_size
                into.addfile(one, io.BytesIO(held.read(name)))
    return lzma.compress(packed.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def keep(folder: Path) -> None:
    """Makes one."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        with running(home, "demo"):
            pass
        with running(home):
            quietline(home, "backup", "-o", str(folder / "kept.backup"))
            for name in BESIDE:
                shutil.copyfile(home / name, folder / name)
            found = {"records": asyncio.run(records_in(home)), "catalogue": asyncio.run(relied_on(home))}
        (folder / "program.tar.xz").write_bytes(program_of(ROOT))
        for name, told in found.items():
            (folder / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    place = HERE / VERSION
    place.mkdir()
    keep(place)
