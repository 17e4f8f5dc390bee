"""The archive: every change is taken away, every moment found again, and nothing that is wrong with it ends the server."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from messaging.backup.archive import ArchiveStanding
from tests.threads.postgres.test_cluster import everything, started, until
from threads.postgres import archiving as archiving_module
from threads.postgres.access import Access, Accesses, ClusterError
from threads.postgres.archive import (
    ArchiveTrouble,
    Directory,
    NotThisArchive,
    Whose,
    moment,
    name_of,
    place_of,
    stamp,
)
from threads.postgres.archiving import Archiving, Pace
from threads.postgres.cluster import Cluster
from threads.postgres.files import Home
from threads.postgres.process import SETTINGS
from threads.postgres.programs import Programs
from threads.postgres.receiving import SLOT, let_go
from threads.postgres.recovering import Reached, recovered

PATIENCE = 60.0
"""Seconds for a base copy on a busy machine."""
QUICK = Pace(look=0.02, again=0.02, gently=False)


class Kept:
    """A running database with an archive."""

    def __init__(self, cluster: Cluster, accesses: Accesses, archiving: Archiving) -> None:
        self.cluster, self.accesses, self.archiving = cluster, accesses, archiving

    async def does(self, sql: str, *values: object) -> object:
        """As the owner."""
        return await asked(self.accesses, sql, *values)

    async def stands(self, wanted: ArchiveStanding) -> None:
        async def look() -> bool | None:
            return True if self.archiving.standing is wanted else None

        await until(look, wanted.value, PATIENCE)


async def asked(accesses: Accesses, sql: str, *values: object) -> object:
    return await asked_as(accesses.owner, sql, *values)


async def asked_as(access: Access, sql: str, *values: object) -> object:
    connection = await asyncpg.connect(**access.connect_kwargs(), timeout=5)
    try:
        return await connection.fetchval(sql, *values)
    finally:
        await connection.close(timeout=5)


@asynccontextmanager
async def kept(
    data_dir: Path,
    archive: Path,
    pace: Pace = QUICK,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    days: int = 7,
) -> AsyncIterator[Kept]:
    cluster = Cluster(data_dir)
    accesses = await cluster.start()
    archiving = Archiving(Home(data_dir), None, archive, days, pace=pace, clock=clock)
    cluster.outlived_by(archiving.end)
    try:
        await archiving.must_be_ours()
        loops = [asyncio.create_task(one()) for one in (archiving.receive, archiving.copy)]
        try:
            yield Kept(cluster, accesses, archiving)
        finally:
            for one in loops:
                one.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
    finally:
        await cluster.stop()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a table: to copy is quicker than to make a new one."""
    home = tmp_path_factory.mktemp("template") / "var"

    async def made() -> None:
        cluster = Cluster(home)
        await asked(await cluster.start(), "create table said (words int)")
        await cluster.stop()

    asyncio.run(made())
    return home


@pytest.fixture
def data_dir(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "var"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


async def read(data_dir: Path) -> list[int]:
    """What is said in a restored database."""
    async with started(data_dir) as (_, accesses):
        found = await asked(accesses, "select coalesce(array_agg(words order by words), '{}') from said")
        assert isinstance(found, list)
        return found


async def brought_back(archive: Path, to: Path, at: datetime | None = None) -> tuple[Reached, list[int]]:
    reached = await recovered(to, None, archive, at, lambda _: None)
    return reached, await read(to)


async def say(at: Kept, words: int) -> datetime:
    """And a moment between it and whatever is said next."""
    await at.does("insert into said values ($1)", words)
    return datetime.now(UTC)


async def test_each_moment_is_found_again_over_a_restart_and_the_last_word_too(
    data_dir: Path, archive: Path, tmp_path: Path
) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        await say(at, 1)
        then = await say(at, 2)
        await say(at, 3)
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        later = await say(at, 4)
        await at.does("insert into said values (5)")
    assert (await brought_back(archive, tmp_path / "a", then))[1] == [1, 2]
    assert (await brought_back(archive, tmp_path / "b", later))[1] == [1, 2, 3, 4]
    reached, words = await brought_back(archive, tmp_path / "c")
    assert (words, reached.ended) == ([1, 2, 3, 4, 5], True)
    assert reached.last < datetime.now(UTC)
    assert len(Directory(archive).strands()) == 1, "a restart makes no hole"
    assert not [one for one in (tmp_path / "c" / "postgres").iterdir() if one.name.startswith("backup_")]


async def test_killed_without_a_word_it_goes_on(data_dir: Path, archive: Path, tmp_path: Path) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        await say(at, 1)
        head = psutil.Process(at.cluster.pid)
        head.suspend()  # or it would have children that nobody sees
        for one in (*head.children(), head):
            one.kill()
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        await say(at, 2)
    assert (await brought_back(archive, tmp_path / "a"))[1] == [1, 2]
    assert len(Directory(archive).strands()) == 1


async def test_what_is_there_is_its_owners_alone_and_holds_no_key(data_dir: Path, archive: Path) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
    password = json.loads((data_dir / "postgres.json").read_text())["quietline_archive"].encode()
    for one in everything(archive)[1:]:
        assert (one.stat().st_mode & 0o077, one.stat().st_uid) == (0, os.geteuid()), one
        assert one.name not in ("master.key", "postgres.json")
        assert one.is_dir() or password not in one.read_bytes(), one


async def test_a_directory_that_goes_away_is_told_once_and_caught_up_with(
    data_dir: Path, archive: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        os.rename(archive, tmp_path / "away")
        await at.stands(ArchiveStanding.TROUBLE)
        await say(at, 1)
        assert "is not there" in (await at.archiving.look()).says
        os.rename(tmp_path / "away", archive)
        await at.stands(ArchiveStanding.GOING)
        then = await say(at, 2)
        await say(at, 3)
    told = [one.__dict__["why"] for one in caplog.records if one.levelname == "ERROR"]
    assert told == [f"{archive} is not there, or is no directory"]
    assert (await brought_back(archive, tmp_path / "a", then))[1] == [1, 2]
    assert len(Directory(archive).strands()) == 1


async def test_a_full_disk_is_told_and_the_server_goes_on(
    data_dir: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving_module, "ROOM", 1 << 60)
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.TROUBLE)
        await say(at, 1)
        monkeypatch.setattr(archiving_module, "ROOM", 1)
        await at.stands(ArchiveStanding.GOING)


async def test_a_hole_begins_another_strand_and_is_named(
    data_dir: Path, archive: Path, tmp_path: Path
) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        before = await say(at, 1)
        await say(at, 2)
    async with started(data_dir) as (_, accesses):
        await let_go(accesses.archive)  # the setting was taken away, and put back
        await asked(accesses, "insert into said values (3)")
        inside = datetime.now(UTC)
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        await say(at, 4)
    assert len(Directory(archive).strands()) == 2
    with pytest.raises(ArchiveTrouble, match="nothing was archived between"):
        await recovered(tmp_path / "a", None, archive, inside, lambda _: None)
    assert (await brought_back(archive, tmp_path / "b"))[1] == [1, 2, 3, 4]
    assert (await brought_back(archive, tmp_path / "c", before))[1] == [1]


async def test_away_for_too_long_it_begins_anew_and_never_fills_the_disk_of_the_words(
    data_dir: Path, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("max_slot_wal_keep_size", "max_wal_size", "min_wal_size"):
        monkeypatch.setitem(SETTINGS, name, "32MB")
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        os.rename(archive, tmp_path / "away")
        await at.stands(ArchiveStanding.TROUBLE)

        async def lost() -> bool | None:
            await at.does("insert into said select 1 from generate_series(1, 200000)")
            asked_for = "select wal_status from pg_replication_slots where slot_name = $1"
            return True if await at.does(asked_for, SLOT) == "lost" else None

        await until(lost, "the database to keep no more", PATIENCE)
        await at.does("truncate said")
        os.rename(tmp_path / "away", archive)
        await at.stands(ArchiveStanding.GOING)
        await say(at, 2)
    assert len(Directory(archive).strands()) == 2
    assert (await brought_back(archive, tmp_path / "a"))[1] == [2]


async def test_times_out_of_reach_are_refused_or_said(data_dir: Path, archive: Path, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    with pytest.raises(ArchiveTrouble, match="is not an archive"):
        await recovered(tmp_path / "a", None, archive, None, lambda _: None)
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        await say(at, 1)
    with pytest.raises(ArchiveTrouble, match=r"reaches from \S+Z to \S+Z, and not further back"):
        await recovered(tmp_path / "b", None, archive, began, lambda _: None)
    reached, words = await brought_back(archive, tmp_path / "c", datetime.now(UTC) + timedelta(days=1))
    assert (words, reached.ended) == ([1], True)
    with pytest.raises(ClusterError, match="a database in"):
        await recovered(tmp_path / "c", None, archive, None, lambda _: None)


async def test_a_base_copy_that_was_changed_is_refused(data_dir: Path, archive: Path, tmp_path: Path) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
    base = Directory(archive).strands()[0].bases[0].path
    with (base / "global" / "1262").open("r+b") as file:
        file.write(b"\0\0\0\1")
    with pytest.raises(ArchiveTrouble, match="pg_verifybackup failed"):
        await recovered(tmp_path / "a", None, archive, None, lambda _: None)
    assert not (tmp_path / "a" / "postgres").exists()


async def test_it_takes_one_database_and_not_a_restored_one(
    data_dir: Path, archive: Path, tmp_path: Path
) -> None:
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        await say(at, 1)
    await recovered(tmp_path / "b", None, archive, None, lambda _: None)
    with pytest.raises(NotThisArchive, match=r"QUIETLINE_ARCHIVE_DIR: .* another database"):
        async with kept(tmp_path / "b", archive):
            pass
    (tmp_path / "other").mkdir()
    async with kept(tmp_path / "b", tmp_path / "other") as at:
        await at.stands(ArchiveStanding.GOING)
        # And not two at once.
        with pytest.raises(ArchiveTrouble, match="somebody else writes"):
            Directory(tmp_path / "other").lock()
    (tmp_path / "other" / "archive.json").unlink()
    with pytest.raises(ArchiveTrouble, match="not empty, and not an archive"):
        Directory(tmp_path / "other").must_be(Whose("1", 1))


async def test_the_former_base_copies_go_when_no_moment_needs_them(
    data_dir: Path, archive: Path, tmp_path: Path
) -> None:
    days = 0.0

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(days=days)

    def bases() -> list[datetime]:
        return sorted(base.at for strand in Directory(archive).strands() for base in strand.bases)

    async with kept(data_dir, archive, QUICK, clock, days=2) as at:
        await at.stands(ArchiveStanding.GOING)
        for day in (1, 2, 3, 4):
            await say(at, day)
            days = 1.01 * day

            async def another() -> bool | None:
                found = bases()
                return True if found and clock() - found[-1] < timedelta(hours=1) else None

            await until(another, "another base copy", PATIENCE)
            assert clock() - bases()[0] >= min(timedelta(days=2), clock() - datetime.now(UTC))
        assert len(bases()) == 3, "the last two days are reached from that of two days ago"

        async def pruned() -> bool | None:
            (strand,) = Directory(archive).strands()
            return True if min(strand.segments) == strand.bases[0].start else None

        await until(pruned, "the changes of before to be gone")
        assert not [one for one in everything(archive) if one.name.endswith(".part")]
    assert (await brought_back(archive, tmp_path / "a"))[1] == [1, 2, 3, 4]


async def test_stopped_in_the_middle_of_a_base_copy_it_leaves_no_half(
    data_dir: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, loop = asyncio.Event(), asyncio.get_running_loop()
    start = Programs.start

    def noted(self: object, command: tuple[str, ...], *rest: object, **more: object) -> object:
        process = start(self, command, *rest, **more)  # type: ignore[arg-type]
        if command[0] == "pg_basebackup":
            process.send_signal(signal.SIGSTOP)
            loop.call_soon_threadsafe(begun.set)
        return process

    monkeypatch.setattr(Programs, "start", noted)
    async with kept(data_dir, archive), asyncio.timeout(20):
        await begun.wait()
    assert not [one for one in everything(archive) if one.parent.name == "base"]


async def test_what_is_kept_for_no_archive_is_let_go(data_dir: Path, archive: Path) -> None:
    slots = "select count(*) from pg_replication_slots where slot_name = $1"
    async with kept(data_dir, archive) as at:
        await at.stands(ArchiveStanding.GOING)
        assert await at.does(slots, SLOT) == 1
    async with started(data_dir) as (_, accesses):
        await let_go(accesses.archive)
        assert await asked(accesses, slots, SLOT) == 0


async def test_who_archives_has_a_right_to_no_table(data_dir: Path) -> None:
    async with started(data_dir) as (_, accesses):
        allowed = "select has_table_privilege('quietline_archive', 'said', 'select, insert, update, delete')"
        assert await asked(accesses, allowed) is False
        with pytest.raises(asyncpg.UndefinedTableError):
            await asked_as(accesses.archive, "select count(*) from said")


def test_a_data_directory_of_before_keeps_its_passwords(data_dir: Path) -> None:
    file = data_dir / "postgres.json"
    held = json.loads(file.read_text())
    del held["quietline_archive"]
    file.write_text(json.dumps({**held, "rights": "of before"}))
    known = Home(data_dir).accesses()
    assert (known.app.password, known.owner.password) == (held["quietline_app"], held["quietline_owner"])

    async def once() -> None:
        async with started(data_dir) as (_, accesses):
            assert await asked_as(accesses.archive, "select 1") == 1

    asyncio.run(once())
    assert json.loads(file.read_text())["quietline_app"] == held["quietline_app"]


def test_moments_and_places_are_read_as_they_are_written() -> None:
    at = datetime(2026, 11, 30, 14, 5, 0, 1, tzinfo=UTC)
    assert (stamp(at), moment(stamp(at)), moment("lost+found")) == (
        "2026-11-30T14-05-00.000001Z",
        at,
        None,
    )
    assert name_of(1, place_of("1/3002868") // (16 << 20)) == "000000010000000100000003"
