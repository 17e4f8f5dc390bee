"""`quietline audit verify --head`, and the job that gives heads out."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from messaging.errors import Busy
from messaging.ids import PracticeId
from messaging.trust.alarms import LOGGER
from messaging.trust.noted import Noted
from messaging.trust.signed_heads import SignedHead, head_of
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.web.commands.test_people_commands import Terminal, slug, terminal
from threads.trail.heads_file import HeadsFile
from web.house import house
from web.trail_heads import give_out, give_out_heads, giving_out_heads

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
__all__ = ["slug", "terminal"]


def test_the_trail_is_held_to_a_file_of_heads(terminal: Terminal, slug: str, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    terminal.provisioned([{"practice": {"slug": slug, "name": "One", "time_zone": "UTC"}}])
    file.write_text("")
    (*_, said) = terminal.told("audit", "verify", "--head", str(file), "--json")
    assert (said["heads"], len(said["public_key"])) == (0, 64)
    file.write_text("no head\n")
    code, out, err = terminal.run("audit", "verify", "--head", str(file))
    assert (code, "line 1: no signed head" in out) == (1, True)
    assert err == "quietline: 1 heads do not fit\n"
    code, _, err = terminal.run("audit", "verify", "--head", str(tmp_path / "none"))
    assert (code, err.startswith("quietline: --head: ")) == (1, True)


async def test_each_day_has_its_head_once(cast: Cast, tmp_path: Path) -> None:
    kept = HeadsFile(tmp_path / "heads")
    office = replace(cast.office, clock=lambda: NOON)
    await office.memory.trail.note(cast.practice.id, NOON, cast["mira"].id, Noted.SIGNED_IN, None)
    assert await give_out(office, kept) >= 1
    assert await give_out(office, kept) == 0
    assert await give_out(office, HeadsFile(tmp_path / "heads")) == 0
    lines = [head_of(line) for line in (tmp_path / "heads").read_text("ascii").splitlines()]
    assert [one.practice for one in lines].count(cast.practice.id) == 1


class Stop(Exception):
    """The test has seen enough."""


class Broken:
    """A file that cannot be written, then a database that is away, then the end."""

    def __init__(self) -> None:
        self.faults: list[Exception] = [PermissionError(), Busy(), Stop()]

    def known(self) -> Mapping[PracticeId, date]:
        raise self.faults.pop(0)

    def add(self, heads: Sequence[SignedHead]) -> int:
        raise AssertionError(heads)


async def test_trouble_rings_and_is_tried_again(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(Stop):
        await give_out_heads(cast.office, Broken(), every=0)
    rung = [record.__dict__.get("what") for record in caplog.records if record.name == LOGGER]
    assert rung == ["signed heads not kept"]
    assert "signed heads wait" in caplog.text


def test_what_is_said_of_a_head_is_json(terminal: Terminal, slug: str, tmp_path: Path) -> None:
    terminal.provisioned([{"practice": {"slug": slug, "name": "One", "time_zone": "UTC"}}])
    (tmp_path / "heads").write_text("[]\n")
    code, out, _ = terminal.run("audit", "verify", "--head", str(tmp_path / "heads"), "--json")
    *_, wrong, last = map(json.loads, out.splitlines())
    assert code == 1
    assert wrong == {"head": 1, "practice": None, "stands": "unreadable"}
    assert (last["heads"], last["fit"]) == (1, 0)


class Given:
    """Takes heads, and says so."""

    def __init__(self) -> None:
        self.loop, self.taken = asyncio.get_running_loop(), asyncio.Event()

    def known(self) -> Mapping[PracticeId, date]:
        return {}

    def add(self, heads: Sequence[SignedHead]) -> int:
        self.loop.call_soon_threadsafe(self.taken.set)
        return len(heads)


async def test_a_server_gives_them_out_while_it_runs_and_only_where_a_file_is_named(
    cast: Cast, database: TestDatabase, tmp_path: Path
) -> None:
    settings = database.settings(QUIETLINE_TRAIL_HEAD_FILE=str(tmp_path / "heads"))
    async with house(settings, beside=True) as built:
        assert isinstance(built.heads, HeadsFile)
        given = Given()
        built.heads = given
        async with giving_out_heads(built):
            await given.taken.wait()
            assert "signed heads" in built.keeper.names
    async with house(database.settings(), beside=True) as other, giving_out_heads(other):
        assert other.heads is None
        assert "signed heads" not in other.keeper.names
