"""Moved to another major release of PostgreSQL by one command: every word comes along, kill -9 or not."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from tests.bench.machine import clean_environment
from tests.journeys.moved_killed import MARK, STAGES, marked, saying
from tests.journeys.test_releases import missing
from tests.releases.keep import HERE, running
from threads.postgres import programs, upgrading
from threads.postgres.programs import found
from web.cli import main

KEPT: Final = HERE / "0.1.0"
RECORDS: Final[dict[str, Any]] = json.loads((KEPT / "records.json").read_text())
LONGEST: Final = max(RECORDS, key=lambda one: len(RECORDS[one]["entries"]))
LEFT: Final = [
    "postgres",
    "postgres.former-17",
    "postgres.held",
    "postgres.json",
    "postgres.lock",
    "postgres.log",
]
PRACTICE: Final = '{"practice": {"slug": "meanwhile", "name": "Meanwhile", "time_zone": "UTC"}}'
PLACES: Final = ("/usr/lib/postgresql/17/bin", "/usr/pgsql-17/bin")
"""Where Debian and Red Hat put theirs."""
NONE: Final = (
    "no programs of PostgreSQL 17 here: QUIETLINE_FORMER_POSTGRES names none, and there is no package of them"
)


def settings_of(home: Path, bin_dir: Path | None = None) -> dict[str, str]:
    named = {"QUIETLINE_POSTGRES_BIN": str(bin_dir)} if bin_dir else {}
    return {"QUIETLINE_DATA_DIR": str(home), "QUIETLINE_HTTP": "127.0.0.1:0"} | named


def quietline(
    home: Path, *arguments: str, bin_dir: Path | None = None, given: str = "", stage: str | None = None
) -> "subprocess.CompletedProcess[str]":
    """One command; with a `stage` (or "-") by the program that takes a marked PGDATA for a former one."""
    module = ["web.cli"] if stage is None else ["tests.journeys.moved_killed", stage]
    return subprocess.run(
        [sys.executable, "-m", *module, *arguments],
        env=clean_environment(settings_of(home, bin_dir)),
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def kept(home: Path, bin_dir: Path | None = None) -> Path:
    """An installation with words and a trail: the first release's, restored."""
    home.mkdir()
    shutil.copyfile(KEPT / "master.key", home / "master.key")
    (home / "master.key").chmod(0o600)
    done = quietline(home, "restore", str(KEPT / "kept.backup"), "--data-dir", str(home), bin_dir=bin_dir)
    assert done.returncode == 0, done.stderr
    shutil.copyfile(KEPT / "audit.anchors", home / "audit.anchors")
    return home


def told(home: Path, bin_dir: Path | None = None, stage: str | None = None) -> dict[str, Any]:
    """The longest of its records."""
    exporting = ("export", "--conversation", LONGEST, "--format", "json", "-o", "-")
    done = quietline(home, *exporting, bin_dir=bin_dir, stage=stage)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert missing(RECORDS[LONGEST], found) == []
    return found


@pytest.fixture(scope="module")
def reachable() -> Iterator[Path]:
    """A folder that the account of a server started by root can reach."""
    made = Path(tempfile.mkdtemp(prefix="quietline-former-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def seventeen(reachable: Path) -> Path:
    """Real programs of the release before."""
    named = [os.environ.get("QUIETLINE_FORMER_POSTGRES", ""), *PLACES]
    for one in (Path(name) for name in named if name and (Path(name) / "postgres").exists()):
        if one.is_relative_to("/usr"):
            return one
        shutil.copytree(one.parent, reachable / "seventeen", symlinks=True)
        return reachable / "seventeen" / "bin"
    pytest.skip(NONE)


def test_every_word_of_a_real_17_is_in_18_and_the_former_still_starts(
    seventeen: Path, tmp_path: Path
) -> None:
    home = kept(tmp_path / "home", seventeen)
    refused = quietline(home, "serve")
    assert refused.stderr.count("\n") == refused.returncode == 1
    assert "run quietline database upgrade --from BIN_DIR" in refused.stderr
    told(home, seventeen)
    beside = {name: (home / name).read_bytes() for name in ("master.key", "audit.anchors", "postgres.json")}
    moved = quietline(home, "database", "upgrade", "--from", str(seventeen), "--reason", "a test", "--json")
    assert moved.returncode == 0, moved.stderr
    said = json.loads(moved.stdout)
    assert (said["database"], said["trails"], said["rows"] > 200) == (18, 1, True)
    assert {name: (home / name).read_bytes() for name in beside} == beside
    assert (home / "postgres" / "PG_VERSION").read_text() == "18\n"
    assert sorted(one.name for one in home.glob("postgres*")) == LEFT
    told(home)
    assert quietline(home, "audit", "verify").stdout.endswith(" lines, whole\n")
    again = quietline(home, "database", "upgrade", "--from", str(seventeen))
    assert again.stderr == f"quietline: the database in {home} is of PostgreSQL 18 already\n"
    # Back, as an operator would who has looked and does not like it: the former needs its name and nothing else.
    shutil.rmtree(home / "postgres")
    Path(said["former"]).rename(home / "postgres")
    told(home, seventeen)


@pytest.fixture(scope="module")
def playing(reachable: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Programs that play the former release, and an installation of theirs."""
    home = kept(tmp_path_factory.mktemp("former") / "home")
    (home / "postgres" / MARK).touch()
    (reachable / "playing").mkdir()
    return saying(reachable / "playing", found(home / "postgres").folder), home


@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_any_stage_one_whole_database_starts_and_the_next_call_finishes(
    playing: tuple[Path, Path], tmp_path: Path, stage: str
) -> None:
    former, template = playing
    home = tmp_path / "home"
    subprocess.run(["cp", "-a", str(template), str(home)], check=True)
    moving = ("database", "upgrade", "--from", str(former))
    killed = quietline(home, *moving, stage=stage)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if stage in ("the next has its name", "the former is aside"):
        # Somebody starts what is there, before anybody calls the command again.
        stands = former if (home / "postgres" / MARK).exists() else None
        assert (stands is None) == (stage == "the former is aside")
        told(home, stands, stage="-")
        written = quietline(home, "provision", "-", bin_dir=stands, given=PRACTICE, stage="-")
        assert written.returncode == 0, written.stderr
    done = quietline(home, *moving, stage="-")
    was = stage in ("the former is aside", "all is exchanged")
    assert (done.returncode, "PostgreSQL 18 already" in done.stderr) == (int(was), was), done.stderr
    assert sorted(one.name for one in home.glob("postgres*")) == LEFT
    assert (home / "postgres.former-17" / MARK).exists()
    assert not (home / "postgres" / MARK).exists()
    told(home)
    trails = quietline(home, "audit", "verify").stdout.splitlines()
    assert len(trails) == 1 + (stage in ("the next has its name", "the former is aside")), trails
    assert all(line.endswith(", whole") for line in trails)


def test_what_cannot_be_moved_is_refused_in_one_line_and_left_alone(
    playing: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    former, template = playing
    home = tmp_path / "home"
    subprocess.run(["cp", "-a", str(template), str(home)], check=True)
    ours = found(home / "postgres").folder
    (empty := tmp_path / "empty").mkdir()
    for name in [name for name in os.environ if name.startswith("QUIETLINE_")]:
        monkeypatch.delenv(name)
    for module in (programs, upgrading):
        monkeypatch.setattr(module, "made_by", marked)

    def refused(why: str, bin_dir: Path = former, home: Path = home, **settings: str) -> None:
        before = sorted(one.name for one in home.glob("*"))
        with monkeypatch.context() as given:
            for name, value in (settings_of(home) | settings).items():
                given.setenv(name, value)
            assert main(["database", "upgrade", "--from", str(bin_dir)]) == 1
        assert re.fullmatch(f"quietline: {why}\n", said := capsys.readouterr().err), said
        assert sorted(one.name for one in home.glob("*")) == before

    refused("--from: write it as an absolute path", Path("bin"))
    refused(f"--from: {empty}: postgres does not run.*", empty)
    refused(f"--from: {ours} is release 18, and {home}/postgres was made by release 17", ours)
    refused("QUIETLINE_MASTER_KEY_FILE: .* is missing; .*", home=empty)
    key, nowhere = str(home / "master.key"), tmp_path / "nowhere"
    refused(
        f"QUIETLINE_DATA_DIR: there is no database in {nowhere}", home=nowhere, QUIETLINE_MASTER_KEY_FILE=key
    )
    refused(f"QUIETLINE_DATA_DIR: there is no database in {empty}", home=empty, QUIETLINE_MASTER_KEY_FILE=key)
    refused("QUIETLINE_DATABASE_URL: .* own means .*", QUIETLINE_DATABASE_URL="postgresql://a:b@c/d")
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
        refused(f"{home}: 1.1 GB must be free for a second database, and 1.0 GB are")
    (home / "postgres.former-17").mkdir()
    refused(f"{home}/postgres.former-17 is there already, from an earlier move: remove it first")
    (home / "postgres.former-17").rmdir()
    (home / "postgres" / MARK).unlink()
    refused(f"the database in {home} is of PostgreSQL 18 already")
    for version, why in (("19", "newer than ours"), ("16", "17 or newer is needed"), ("x", "does not say")):
        (home / "postgres" / "PG_VERSION").write_text(f"{version}\n")
        refused(f".*{why}.*")
    (home / "restore.unfinished").touch()
    refused("QUIETLINE_DATA_DIR: a restore into .*")


def test_told_to_end_it_leaves_the_former_alone(playing: tuple[Path, Path], tmp_path: Path) -> None:
    former, template = playing
    home = tmp_path / "home"
    subprocess.run(["cp", "-a", str(template), str(home)], check=True)
    before = {one.name for one in home.iterdir()}
    line = [
        sys.executable,
        "-m",
        "tests.journeys.moved_killed",
        "-",
        "database",
        "upgrade",
        "--from",
        str(former),
    ]
    told_to = clean_environment(settings_of(home))
    with subprocess.Popen(line, env=told_to, stderr=subprocess.PIPE, text=True) as moving:
        assert moving.stderr is not None
        while not moving.stderr.readline().startswith("installation: "):
            assert moving.poll() is None, "it ended before it had begun"
        moving.terminate()
        said = moving.stderr.read().splitlines()
    assert (moving.returncode, said[-1]) == (1, "quietline: interrupted")
    assert {one.name for one in home.iterdir()} == before
    told(home, former, stage="-")


def test_nothing_is_moved_under_a_running_server(playing: tuple[Path, Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    subprocess.run(["cp", "-a", str(playing[1]), str(home)], check=True)
    (home / "postgres" / MARK).unlink()
    with running(home):
        (home / "postgres" / MARK).touch()
        done = quietline(home, "database", "upgrade", "--from", str(playing[0]), stage="-")
    assert (done.returncode, "already runs the database" in done.stderr) == (1, True), done.stderr
