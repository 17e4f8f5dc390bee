"""The end of an audit chain: cut off or exchanged, it shows, for its head is kept outside the database."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from messaging.errors import Busy
from messaging.ids import PracticeId
from messaging.trust.alarms import LOGGER
from messaging.trust.noted import Noted
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from threads.trail.anchors import Anchors, AnchorTrouble, Head
from threads.trail.trail import Trail
from web.house import house
from web.http.metrics import ALARMS, count_alarms, exposition
from web.settings import Settings
from web.state import House


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do what the serving role may not."""
    connection = await asyncpg.connect(database.accesses.owner.url())
    yield connection
    await connection.close()


@pytest.fixture
def apart(database: TestDatabase, tmp_path: Path) -> Settings:
    """A house whose anchors lie elsewhere: other tests' chains are none of its business."""
    settings = database.settings()
    return replace(
        settings, database=replace(settings.database, audit_anchors_file=tmp_path / "audit.anchors")
    )


async def _with_lines(built: House, lines: int) -> tuple[Cast, Trail]:
    cast = await found_cast(built)
    for _ in range(lines):
        await cast.office.memory.trail.note(
            cast.practice.id, cast.office.clock(), cast["mira"].id, Noted.OPENED, cast.conversation("ruth")
        )
    trail = cast.office.memory.trail
    assert isinstance(trail, Trail)
    return cast, trail


async def _cut(owner: asyncpg.Connection, cast: Cast, above: int) -> None:
    async with owner.transaction():
        await owner.execute("select set_config('quietline.practices', $1, true)", f"{{{cast.practice.id}}}")
        await owner.execute("delete from trail where practice_id = $1 and seq > $2", cast.practice.id, above)


@pytest.mark.parametrize("left", range(6))
async def test_a_cut_trail_shows_wherever_it_is_cut(
    apart: Settings, owner: asyncpg.Connection, left: int
) -> None:
    async with house(apart) as built:
        cast, trail = await _with_lines(built, 6)
        await trail.anchors.move(trail.stands)
        lines, wrong = await trail.verify(cast.practice.id)
        assert wrong is None
        standing = lines - 6 + left
        await _cut(owner, cast, standing)
        assert await trail.verify(cast.practice.id) == (standing, standing + 1)


async def test_a_cut_is_known_by_the_next_process_and_rings_when_it_starts(
    apart: Settings, owner: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(apart) as built:
        cast, trail = await _with_lines(built, 3)
        lines, _ = await trail.verify(cast.practice.id)
    await _cut(owner, cast, lines - 1)
    ALARMS.clear()
    count_alarms()
    with caplog.at_level(logging.CRITICAL, LOGGER):
        async with house(apart) as again:
            assert _alarms(caplog) == ["trail"]
            assert b'quietline_alarms_total{alarm="trail"} 1.0' in exposition(again)
            assert await again.office.memory.trail.verify(cast.practice.id) == (lines - 1, lines)


async def test_lines_written_over_a_cut_do_not_hide_it(
    apart: Settings, owner: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """The chain grows beyond its old length again, whole in itself: the anchor stays where it was, and does not fit."""
    async with house(apart) as built:
        cast, trail = await _with_lines(built, 3)
        await trail.anchors.move(trail.stands)
        anchored = trail.anchors.kept()[cast.practice.id]
        await _cut(owner, cast, anchored.seq - 2)
        with caplog.at_level(logging.CRITICAL, LOGGER):
            for _ in range(5):
                await trail.note(cast.practice.id, cast.office.clock(), cast["mira"].id, Noted.OPENED, None)
            await trail.anchors.move(trail.stands)
        assert set(_alarms(caplog)) == {"trail"}
        assert trail.anchors.kept()[cast.practice.id] == anchored
        lines, wrong = await trail.verify(cast.practice.id)
        assert (lines, wrong) == (anchored.seq, anchored.seq)


async def test_several_processes_of_a_machine_keep_one_file(tmp_path: Path) -> None:
    async def stands(_practice: object, _head: Head) -> bool:
        return True

    practices = [_practice(n) for n in range(4)]
    one, other = Anchors(tmp_path / "anchors"), Anchors(tmp_path / "anchors")
    for practice in practices[:3]:
        one.reached(practice, Head(5, b"a"))
    for practice in practices[1:]:
        other.reached(practice, Head(7, b"b"))
    await other.move(stands)
    await one.move(stands)
    kept = one.kept()
    assert [kept[p].seq for p in practices] == [5, 7, 7, 7]
    assert (tmp_path / "anchors").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    for content in ("", "[]", '{"x": 1}', '{"00000000-0000-0000-0000-000000000001": ["a"]}', "\x00"):
        (tmp_path / "anchors").write_text(content)
        with pytest.raises(AnchorTrouble, match="the audit anchors"):
            Anchors(tmp_path / "anchors").kept()


async def test_anchors_that_cannot_be_kept_ring_and_are_kept_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def stands(_practice: object, _head: Head) -> bool:
        return True

    at = tmp_path / "a file" / "anchors"
    (tmp_path / "a file").write_text("in the way")
    anchors = Anchors(at)
    anchors.reached(_practice(1), Head(1, b"m"))
    with caplog.at_level(logging.CRITICAL, LOGGER):
        await anchors.move(stands)
    assert _alarms(caplog) == ["trail"]
    (tmp_path / "a file").unlink()
    await anchors.move(stands)
    assert anchors.kept() == {_practice(1): Head(1, b"m")}


async def test_a_database_that_is_away_rings_nothing_and_its_heads_are_kept_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def stands(_practice: object, _head: Head) -> bool:
        return True

    async def away(_practice: object, _head: Head) -> bool:
        raise Busy

    anchors = Anchors(tmp_path / "anchors")
    anchors.reached(_practice(1), Head(1, b"m"))
    await anchors.move(stands)
    anchors.reached(_practice(1), Head(2, b"n"))
    with caplog.at_level(logging.CRITICAL, LOGGER):
        await anchors.move(away)
    assert _alarms(caplog) == []
    await anchors.move(stands)
    assert anchors.kept() == {_practice(1): Head(2, b"n")}


def _practice(number: int) -> PracticeId:
    return PracticeId(UUID(int=number))


def _alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.alarm for r in caplog.records if hasattr(r, "alarm")]
