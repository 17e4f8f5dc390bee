"""A disk that fills while a backup is made or restored is named, and half of what was made is gone."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.cast import found_cast
from tests.conftest import TestDatabase, own_database
from tests.releases.keep import HERE
from web.cli import main
from web.commands import restoring
from web.house import house

KEPT = HERE / "0.1.0"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes a small disk; only root can, and not everywhere."""
    place = tmp_path / "disk"
    place.mkdir()

    def made(size: str) -> Path:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
        if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("only root can mount a small disk, and not in every container")
        return place

    yield made
    subprocess.run(["umount", str(place)], check=False, capture_output=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            return


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command; the line that it ends with."""

    def run(settings: dict[str, str], *arguments: str) -> str:
        for name in [name for name in os.environ if name.startswith("QUIETLINE_")]:
            monkeypatch.delenv(name)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        assert main(list(arguments)) == 1
        return capsys.readouterr().err.splitlines()[-1]

    return run


@pytest.mark.parametrize(
    ("size", "when"),
    [
        ("5M", "the cluster is made"),
        ("50M", "the database starts"),
        ("120M", "rows come"),
        ("120M", "all rows are there"),
    ],
)
def test_a_restore_that_fills_the_disk_says_so_and_leaves_nothing(
    disk: Callable[[str], Path],
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    size: str,
    when: str,
) -> None:
    small = disk(size)
    (home := small / "home").mkdir()
    shutil.copyfile(KEPT / "master.key", home / "master.key")
    (home / "master.key").chmod(0o600)
    opened_again = restoring.opened_again

    def told(name: str, rows: int) -> None:
        if (when, name) == ("rows come", "entries"):
            fill(small)

    async def opened(*given: Any) -> tuple[int, int]:
        if when == "all rows are there":
            fill(small)
        return await opened_again(*given)

    monkeypatch.setattr(restoring, "tell_table", told)
    monkeypatch.setattr(restoring, "opened_again", opened)
    restore = ("restore", str(KEPT / "kept.backup"), "--data-dir", str(home))
    line = refused({"QUIETLINE_DATA_DIR": str(home)}, *restore)
    assert line == f"quietline: {home}: no space is left on the disk"
    assert [one.name for one in home.iterdir()] == ["master.key"]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """A database with more in it than any buffer on its way holds."""
    with own_database(tmp_path_factory.mktemp("full")) as made:
        asyncio.run(written(made))
        yield made


async def written(database: TestDatabase) -> None:
    async with house(database.settings()) as built:
        cast = await found_cast(built)
    connection = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    async with connection.transaction():
        await connection.execute(
            "select set_config('quietline.practices', $1, true)", f"{{{cast.practice.id}}}"
        )
        await connection.execute(
            "insert into data_keys (practice_id, owner_id, wrapped, created_at) "
            "select k.practice_id, gen_random_uuid(), k.wrapped, k.created_at "
            "from data_keys k, generate_series(1, 20000) limit 20000"
        )
    await connection.close()


def test_a_backup_that_fills_the_disk_names_the_file(
    full: TestDatabase, disk: Callable[[str], Path], refused: Callable[..., str]
) -> None:
    fill(small := disk("1M"))
    settings = full.environment() | {"QUIETLINE_BACKUP_URL": full.accesses.backup.url()}
    line = refused(settings, "backup", "-o", str(small / "kept"))
    assert line == f"quietline: {small}/kept.part: no space is left on the disk"
    assert [one.name for one in small.iterdir()] == ["filler"]
