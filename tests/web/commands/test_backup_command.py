"""`quietline backup` leaves a line in the trail of each practice, before it begins; and another where it came to nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cast import provisioning_lines
from tests.conftest import TestDatabase, own_database
from tests.web.commands.test_people_commands import Terminal, slug, terminal

__all__ = ["slug", "terminal"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One in which everything opens: other tests leave behind what does not."""
    with own_database(tmp_path_factory.mktemp("backups")) as made:
        yield made


@pytest.fixture
def two(
    terminal: Terminal, slug: str, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """Practices."""
    monkeypatch.setenv("QUIETLINE_BACKUP_URL", database.accesses.backup.url())
    for one in (slug, f"{slug}-b"):
        terminal.provisioned([json.loads(line) for line in provisioning_lines(one, clients=1)])
    return slug, f"{slug}-b"


def acts(terminal: Terminal, slug: str, into: Path) -> list[tuple[str, str]]:
    """What the trail of a practice says of backups, the newest first."""
    terminal.told("export", "--practice", slug, "--format", "json", "-o", str(into), "--json")
    with ZipFile(into) as packed:
        lines = packed.read("trail.csv").decode("utf-8-sig").splitlines()
    cells = [line[1:-1].split('","') for line in lines]
    return [(one[3], one[4]) for one in cells if "backup" in one[3] or "backed" in one[3]]


def test_each_trail_has_a_line_and_so_has_the_backup(
    terminal: Terminal, two: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "kept"
    code, _, err = terminal.run("backup", "-o", str(file), "--reason", "every night")
    assert (code, "no line" in err) == (0, False), err
    lines = sum(one["lines"] for one in terminal.told("audit", "verify", "--json"))
    for one in two:
        assert acts(terminal, one, tmp_path / "all.zip") == [("backed_up", "every night")]
    (looked,) = terminal.told("backup", "verify", str(file), "--json")
    assert looked["fine"]
    assert looked["trail_lines"] == lines, "what was noted of it is in it"
    code, _, err = terminal.run("backup", "-o", str(tmp_path / "nowhere" / "kept"), "--reason", "by hand")
    assert code == 1
    for one in two:
        assert acts(terminal, one, tmp_path / "all.zip") == [
            ("backup_failed", "by hand"),
            ("backed_up", "by hand"),
            ("backed_up", "every night"),
        ]


def test_without_a_house_to_write_from_it_is_made_all_the_same_and_says_so(
    terminal: Terminal, two: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two
    nobody = "postgresql://nobody@127.0.0.1:9/none"
    with monkeypatch.context() as patched:
        patched.setenv("QUIETLINE_DATABASE_URL", nobody)
        patched.setenv("QUIETLINE_DATABASE_OWNER_URL", nobody)
        code, _, err = terminal.run("backup", "-o", str(tmp_path / "kept"), "--reason", "the other is down")
    assert code == 0, err
    assert "The audit trails get no line of it: QUIETLINE_DATABASE_OWNER_URL: " in err
    assert terminal.told("backup", "verify", str(tmp_path / "kept"), "--json")[0]["fine"]
