"""A moment of the archive: killed, and each word that was acknowledged before it is there, and none after."""

import asyncio
import json
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from tests.bench.installed import caseload
from tests.bench.machine import Subject, clean_environment, command, start
from tests.journeys.talking import record, talking
from tests.journeys.test_restoring import quietline, running, settings_of
from tests.threads.postgres.test_cluster import until
from threads.postgres.archive import SEGMENT, Directory, name_of, place_of
from threads.postgres.files import Home

ENOUGH = 30.0
"""Seconds for a first base copy on a busy machine."""


def archived(folder: Path, archive: Path) -> dict[str, str]:
    return settings_of(folder) | {"QUIETLINE_ARCHIVE_DIR": str(archive)}


def served(settings: dict[str, str]) -> Subject:
    return start("web.cli", "serve", "--json", "--roles", "web,jobs", settings=settings)


async def standing(settings: dict[str, str], server: Subject, wanted: str) -> None:
    """Asked as a probe does."""
    async with asyncio.timeout(ENOUGH):
        while True:
            at = settings | {"QUIETLINE_HTTP": server.http.removeprefix("http://")}
            said = await asyncio.to_thread(quietline, at, "health", "--json")
            if json.loads(said.stdout or b"{}").get("archive") == wanted:
                return


async def examined(settings: dict[str, str]) -> dict[str, Any]:
    """What the doctor says of the archive, beside the server."""
    said = (await asyncio.to_thread(quietline, settings, "doctor", "--json")).stdout.splitlines()
    return next(one for one in map(json.loads, said) if one["check"] == "archive")


async def say(server: Subject, token: str, conversation: UUID, words: list[str]) -> None:
    """Each acknowledged before the next."""
    async with talking(running(server), token) as at:
        await at.open(conversation)
        for text in words:
            assert (await at.say(conversation, text))["type"] == "said"


async def found(folder: Path, token: str, conversation: UUID) -> list[str]:
    """What stands in the record of a restored server."""
    server = await asyncio.to_thread(
        start, "web.cli", "serve", "--json", "--roles", "web", settings=settings_of(folder)
    )
    try:
        entries = await record(running(server), token, str(conversation))
    finally:
        await asyncio.to_thread(server.stop)
    return [one["text"] for one in entries if (one.get("text") or "").startswith("word ")]


def filled(settings: dict[str, str]) -> tuple[str, UUID]:
    """Somebody's token, and their conversation, in session."""
    made = command(settings, "provision", "-", "--json", given=caseload(1))
    person = next(one["id"] for one in made if "person" in one)
    minted = command(settings, "token", "create", "--person", "-", "--json", given=[person])
    return minted[0]["token"], UUID(next(one["id"] for one in made if "conversation" in one))


def restored(archive: Path, old: Path, to: Path, *more: str) -> "subprocess.CompletedProcess[bytes]":
    """Key and ledger lie in the old directory still: they come along."""
    asked = ("restore", "--archive", str(archive), "--data-dir", str(to), "--reason", "a drill", "--json")
    return quietline(settings_of(old), *asked, *more)


async def test_each_word_acknowledged_before_the_moment_and_none_after(tmp_path: Path) -> None:
    old, archive = tmp_path / "old", tmp_path / "archive"
    archive.mkdir()
    settings = archived(old, archive)
    server = await asyncio.to_thread(served, settings)
    token, conversation = await asyncio.to_thread(filled, settings)
    await standing(settings, server, "going")
    assert (await examined(settings))["fine"]
    before, after = ([f"word {number}" for number in some] for some in (range(20), range(20, 40)))
    await say(server, token, conversation, before)
    then = datetime.now(UTC)
    await say(server, token, conversation, after)
    await caught_up(old, archive)
    # Its database and what takes changes away end with it: the machine is gone, and only the archive is left.
    family = psutil.Process(server.process.pid).children(recursive=True)
    await asyncio.to_thread(server.kill)
    for one in family:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    done = await asyncio.to_thread(restored, archive, old, tmp_path / "then", "--until", then.isoformat())
    assert done.returncode == 0, done.stderr
    assert not json.loads(done.stdout)["ended"]
    assert await found(tmp_path / "then", token, conversation) == before
    assert quietline(settings_of(tmp_path / "then"), "audit", "verify").returncode == 0
    done = await asyncio.to_thread(restored, archive, old, tmp_path / "end")
    assert (done.returncode, json.loads(done.stdout)["ended"]) == (0, True), done.stderr
    assert await found(tmp_path / "end", token, conversation) == before + after


async def caught_up(folder: Path, archive: Path) -> None:
    """What was committed by now is in the archive: its newest segment begins as the database's own does."""
    connection = await asyncpg.connect(**Home(folder).accesses().archive.connect_kwargs())
    try:
        now = place_of(await connection.fetchval("select pg_current_wal_flush_lsn()::text"))
    finally:
        await connection.close()
    name, written = name_of(1, now // SEGMENT), now % SEGMENT
    ours = (folder / "postgres" / "pg_wal" / name).read_bytes()[:written]

    async def taken() -> bool | None:
        theirs = Directory(archive).strands()[0].segments[now // SEGMENT]
        return True if theirs.read_bytes()[:written] == ours else None

    await until(taken, "the last change to be in the archive")


async def test_an_archive_that_is_away_stops_nobody_and_is_told(tmp_path: Path) -> None:
    old, archive = tmp_path / "old", tmp_path / "archive"
    settings = archived(old, archive)
    server = await asyncio.to_thread(served, settings)
    token, conversation = await asyncio.to_thread(filled, settings)
    await standing(settings, server, "trouble")
    at = settings | {"QUIETLINE_HTTP": server.http.removeprefix("http://")}
    healthy = await asyncio.to_thread(quietline, at, "health")
    assert (healthy.returncode, b"the archive cannot be kept up" in healthy.stdout) == (0, True), (
        healthy.stdout
    )
    assert f"{archive} is not there" in (await examined(settings))["says"]
    await say(server, token, conversation, ["word 0"])
    archive.mkdir()
    await standing(settings, server, "going")
    await asyncio.to_thread(server.stop)
    # Switched off, and on again: the changes of between are a hole.
    await asyncio.to_thread((await asyncio.to_thread(served, settings_of(old))).stop)
    server = await asyncio.to_thread(served, settings)
    await standing(settings, server, "going")
    await asyncio.to_thread(server.stop)
    assert len(Directory(archive).strands()) == 2
    assert restored(archive, old, tmp_path / "new").returncode == 0
    assert await found(tmp_path / "new", token, conversation) == ["word 0"]


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Path]:
    """A data directory with a few people, and its archive, both at rest."""
    old, archive = tmp_path / "old", tmp_path / "archive"
    archive.mkdir()
    lines = [one for one in caseload(1) if "session" not in json.loads(one)]
    settings = archived(old, archive)
    server = served(settings)
    command(settings, "provision", "-", "--json", given=lines)
    asyncio.run(standing(settings, server, "going"))
    server.stop()
    return old, archive


def people(folder: Path, key: Path) -> list[dict[str, str]]:
    settings = settings_of(folder) | {"QUIETLINE_MASTER_KEY_FILE": str(key)}
    return [json.loads(one) for one in quietline(settings, "person", "list", "--json").stdout.splitlines()]


def test_somebody_who_was_erased_stays_erased_before_their_erasure(
    kept: tuple[Path, Path], tmp_path: Path
) -> None:
    old, archive = kept
    then = datetime.now(UTC)
    client = next(one["id"] for one in people(old, old / "master.key") if one["role"] == "client")
    server = served(archived(old, archive))
    done = quietline(archived(old, archive), "erase", "--person", client, "--yes")
    server.stop()
    assert done.returncode == 0, done.stderr
    done = restored(archive, old, tmp_path / "new", "--until", then.isoformat())
    assert (done.returncode, json.loads(done.stdout)["erased_again"]) == (0, 1), done.stderr
    gone = next(one for one in people(tmp_path / "new", old / "master.key") if one["id"] == client)
    assert gone["name"] == "[A former member]"


def test_what_is_refused_is_one_line_and_leaves_nothing(kept: tuple[Path, Path], tmp_path: Path) -> None:
    old, archive = kept
    new = tmp_path / "new"
    early = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    base = Directory(archive).strands()[0].bases[0].at
    for more, why in (
        (("--until", "2026-11-30T14:05"), "time zone"),
        (("--until", "yesterday"), "--until is a time like"),
        (("--until", early), f"reaches from {base:%Y-%m-%dT%H:}"),
        (("backup",), "an external database has means of its own"),
    ):
        done = restored(archive, old, new, *more)
        assert (done.returncode, done.stderr.count(b"\n"), new.exists()) == (1, 1, False), done.stderr
        assert why in done.stderr.decode(), more
    external = ("restore", "--archive", str(archive), "--database-url", "postgresql://quietline@nowhere/q")
    done = quietline(settings_of(new), *external)
    assert (done.returncode, b"docs/restoring.md" in done.stderr) == (1, True), done.stderr
    other = tmp_path / "other.key"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    key = {"QUIETLINE_MASTER_KEY_FILE": str(other)}
    done = quietline(settings_of(new) | key, "restore", "--archive", str(archive), "--data-dir", str(new))
    assert (done.returncode, b"master key" in done.stderr, new.exists()) == (1, True, False), done.stderr
    done = restored(archive, old, old)
    assert (done.returncode, b"not empty" in done.stderr) == (1, True), done.stderr
    # And who serves what was restored is told to begin another archive.
    assert restored(archive, old, new).returncode == 0
    done = quietline(archived(new, archive) | {"QUIETLINE_MASTER_KEY_FILE": str(old / "master.key")}, "serve")
    assert (
        done.returncode,
        done.stderr.splitlines()[-1].startswith(b"quietline: QUIETLINE_ARCHIVE_DIR: "),
    ) == (
        1,
        True,
    ), done.stderr


def test_cut_off_in_the_middle_it_is_no_house_and_is_done_again(
    kept: tuple[Path, Path], tmp_path: Path
) -> None:
    old, archive = kept
    new = tmp_path / "new"
    asked = ("restore", "--archive", str(archive), "--data-dir", str(new))
    line = [sys.executable, "-m", "web.cli", *asked]
    for how in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen(line, env=clean_environment(settings_of(old)), stderr=subprocess.PIPE) as cut:
            while not [*new.glob("postgres.new-*/PG_VERSION")]:
                assert cut.poll() is None, "it ended before it had begun"
            cut.send_signal(how)
            said = cut.communicate()[1]
        if how is signal.SIGTERM:
            assert (cut.returncode, said.splitlines()[-1], new.exists()) == (
                1,
                b"quietline: interrupted",
                False,
            )
    done = quietline(settings_of(new), "person", "list")
    assert (done.returncode, b"run it again" in done.stderr) == (1, True), done.stderr
    assert quietline(settings_of(old), *asked).returncode == 0
    assert len(people(new, old / "master.key")) == 2
    assert not [one for one in new.iterdir() if one.name.startswith(("postgres.new-", "restore."))]
