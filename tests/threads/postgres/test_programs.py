"""Which PostgreSQL programs run a data directory, and which are refused before anything is touched."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from threads.postgres.access import ClusterError
from threads.postgres.cluster import Cluster
from threads.postgres.programs import OLDEST, bundled_release, found


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the account of a server started by root can reach."""
    made = Path(tempfile.mkdtemp(prefix="quietline-programs-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def saying(folder: Path, **versions: str) -> Path:
    """Programs that only say their version."""
    folder.mkdir()
    for name, version in versions.items():
        (folder / name).write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n')
        (folder / name).chmod(0o755)
    return folder


def data(place: Path, made_by: str | None) -> Path:
    pgdata = place / "postgres"
    pgdata.mkdir()
    if made_by is not None:
        (pgdata / "PG_VERSION").write_text(made_by)
    return pgdata


def test_our_own_programs_say_what_they_are(place: Path) -> None:
    major, minor = bundled_release() or (0, 0)
    said = found(place / "postgres").run(("postgres", "--version"), Path("/"))
    assert said.split()[:3] == ["postgres", "(PostgreSQL)", f"{major}.{minor}"]
    assert (major, minor) >= (18, 6)


async def test_programs_the_operator_names_run_the_database(place: Path) -> None:
    ours = found(place / "postgres").folder
    (place / "bin").symlink_to(ours)
    cluster = Cluster(place / "var", place / "bin")
    await cluster.start()
    try:
        assert psutil.Process(cluster.pid).cmdline()[0] == str(place / "bin" / "postgres")
    finally:
        await cluster.stop()


@pytest.mark.parametrize(
    ("versions", "why"),
    [
        ({}, "postgres does not run"),
        ({"postgres": "18.6"}, "initdb does not run"),
        ({"postgres": "18.6", "initdb": "17.10"}, "postgres and initdb are not of one release"),
        ({"postgres": "devel", "initdb": "devel"}, "postgres and initdb are not of one release"),
        (
            {"postgres": "16.14 (Debian 16.14-1)", "initdb": "16.14"},
            f"is release 16; {OLDEST} or newer is needed",
        ),
    ],
)
def test_programs_that_will_not_do_are_refused_with_the_settings_name(
    place: Path, versions: dict[str, str], why: str
) -> None:
    named = saying(place / "bin", **versions)
    with pytest.raises(ClusterError, match=f"^QUIETLINE_POSTGRES_BIN: {named}.*{why}") as refusal:
        found(place / "postgres", named)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("made_by", ["17\n", "nonsense", "", None])
async def test_data_of_another_release_is_refused_at_once_and_left_alone(
    place: Path, made_by: str | None
) -> None:
    pgdata = data(place, made_by)
    before = sorted(path.name for path in pgdata.iterdir())
    with pytest.raises(
        ClusterError, match=r"release 18, and .* was made by release .* QUIETLINE_POSTGRES_BIN"
    ) as refusal:
        await Cluster(place).start()
    assert ("run quietline database upgrade --from" in str(refusal.value)) == (made_by == "17\n")
    assert sorted(path.name for path in pgdata.iterdir()) == before


def test_data_of_the_same_release_goes_on_under_a_newer_minor_one(place: Path) -> None:
    pgdata = data(place, "18\n")
    assert found(pgdata, saying(place / "bin", postgres="18.4", initdb="18.4")).folder == place / "bin"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_programs_that_the_account_cannot_reach_are_named_so(tmp_path: Path) -> None:
    named = saying(tmp_path / "bin", postgres="18.6", initdb="18.6")
    tmp_path.chmod(0o700)
    with pytest.raises(
        ClusterError, match=r"QUIETLINE_POSTGRES_BIN: .*: postgres does not run as account \d+"
    ):
        found(tmp_path / "postgres", named)
