"""A database that is moved is nobody else's meanwhile, and its place is never taken by half of one."""

from pathlib import Path

import pytest

from threads.postgres.access import APART, AlreadyRunning, ClusterError
from threads.postgres.cluster import Cluster
from threads.postgres.files import Home


async def test_beside_one_that_is_moved_no_command_finds_it_or_starts_another(tmp_path: Path) -> None:
    former = Cluster(tmp_path, port=APART)
    await former.start()
    try:
        with pytest.raises(ClusterError, match="no Quietline runs"):
            await Cluster(tmp_path).attach()
        with pytest.raises(AlreadyRunning):
            await Cluster(tmp_path).start()
    finally:
        await former.stop()


def home(place: Path, **data: str) -> Home:
    for name, held in data.items():
        (place / name.replace("_", ".")).mkdir(parents=True)
        (place / name.replace("_", ".") / "held").write_text(held)
    return Home(place)


def held(place: Path) -> dict[str, str]:
    return {one.name: (one / "held").read_text() for one in place.iterdir()}


def test_an_exchange_puts_the_former_aside_whole(tmp_path: Path) -> None:
    made = home(tmp_path, postgres="old", new="new")
    made.exchange(tmp_path / "new", tmp_path / "former")
    assert held(tmp_path) == {"postgres": "new", "former": "old"}


def test_cut_off_between_its_names_it_is_finished_by_whoever_starts(tmp_path: Path) -> None:
    made = home(tmp_path, postgres_next="new", former="old")
    made.settle()
    made.sweep()
    assert held(tmp_path) == {"postgres": "new", "former": "old"}


def test_cut_off_before_that_what_was_prepared_is_stale_once_the_former_runs(tmp_path: Path) -> None:
    made = home(tmp_path, postgres="old", postgres_next="new")
    made.settle()
    assert held(tmp_path) == {"postgres": "old", "postgres.next": "new"}
    made.sweep()
    assert held(tmp_path) == {"postgres": "old"}
