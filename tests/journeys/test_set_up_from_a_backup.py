"""The other way in: on a bare machine a backup is brought to the set-up page, looked through, and served from."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from messaging.backup.sheet import written
from messaging.practice.founding import NewPractice, found_practice
from tests.bench.machine import clean_environment
from tests.cast import PASSWORD
from tests.journeys.test_restoring import quietline, settings_of
from tests.web.founded import founding
from tests.web.visitor import Answer, Visitor
from web.bringing import place_of_upload
from web.commands import serving
from web.database_settings import DatabaseSettings
from web.master_key import read_master_key

BACKUP = "/set-up/backup"
LARGE = 12 * 1024 * 1024
"""Octets: more than any other request may have, and than the connection takes of one."""


@dataclass(frozen=True)
class Lost:
    """What is left of a machine: its backup and its sheet."""

    backup: bytes
    sheet: str


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Lost:
    folder = tmp_path_factory.mktemp("lost")

    async def made() -> None:
        async with founding(folder):
            pass

    asyncio.run(made())
    done = quietline(settings_of(folder), "backup", "-o", "-")
    assert done.returncode == 0, done.stderr
    return Lost(done.stdout, written(read_master_key(folder / "master.key").secret))


def there(folder: Path, name: str) -> list[Path]:
    """What lies there under a name that begins so."""
    return [one for one in folder.iterdir() if one.name.startswith(name)]


class Bare:
    """A server from an empty directory, as its console shows it."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve", "--json", "--roles", "web", *more],
            env=clean_environment(settings_of(folder)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.token = ""
        self.browser = Visitor("")
        self.until_ready()

    def until_ready(self) -> None:
        assert self.process.stdout is not None
        self.token = ""
        for line in self.process.stdout:
            if line.startswith("set up:"):
                self.token = line.rpartition("token=")[2].strip()
            if line.startswith("{"):
                self.browser = Visitor(json.loads(line)["ready"]["http"])
                return
        raise AssertionError("the server ended")

    async def bring(self, content: bytes, token: str | None = None) -> Answer:
        """The browser's form with one file."""
        edge = "----edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="b"\r\nContent-Type: x/y\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        place = f"{BACKUP}/file?token={self.token if token is None else token}"
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Origin": self.browser.base}
        return await self.browser.ask("POST", place, body, headers)

    async def look(self, sheet: str) -> Answer:
        return await self.browser.submit(self.page, f"{BACKUP}/look", sheet=sheet)

    @property
    def page(self) -> str:
        return f"{BACKUP}?token={self.token}"


@contextmanager
def bare(folder: Path, *more: str) -> Iterator[Bare]:
    made = Bare(folder, *more)
    try:
        yield made
    finally:
        made.process.terminate()
        made.process.wait(60)
        assert made.process.stdout is not None
        made.process.stdout.close()


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_backup_is_brought_looked_through_and_served_from(
    tmp_path: Path, lost: Lost, workers: str
) -> None:
    with bare(tmp_path, "--workers", workers) as server:
        assert f'href="{server.page}"' in (await server.browser.get(f"/set-up?token={server.token}")).text
        brought = await server.bring(lost.backup)
        assert (brought.status, brought.place) == (303, server.page)
        wrong = await server.look(lost.sheet.replace(lost.sheet[0], "A" if lost.sheet[0] != "A" else "B"))
        assert (wrong.status, "A letter of the recovery sheet is wrong" in wrong.words) == (422, True)
        other = await server.look(written(os.urandom(32)))
        assert "The master key does not open this backup" in other.words
        assert f"{BACKUP}/restore" not in other.text
        found = await server.look(lost.sheet.lower())
        assert (found.status, "Practices 1 People 2" in found.words) == (200, True), found.words
        fields = found.hidden(f"{BACKUP}/restore")
        restoring = await server.browser.post(f"{BACKUP}/restore", fields)
        assert "It is being restored" in restoring.words
        await asyncio.to_thread(server.until_ready)
        assert server.token == "", "there is a practice: nothing to set up"
        entered = await server.browser.post(
            "/sign-in", {"username": "mira", "password": PASSWORD, "key": fields["key"]}
        )
        assert (entered.status, entered.place) == (303, "/today")
        assert "Praxis für Ruhe" in (await server.browser.get("/inbox")).text
    assert not place_of_upload(DatabaseSettings(tmp_path)).exists()
    assert written(read_master_key(tmp_path / "master.key").secret) == lost.sheet
    (aside,) = there(tmp_path, serving.ASIDE)
    assert (aside / "master.key").exists()
    assert (aside / "postgres").exists()


async def test_what_is_no_backup_is_said_and_can_be_exchanged(tmp_path: Path, lost: Lost) -> None:
    with bare(tmp_path) as server:
        for content, says in (
            (b"", "There was no file"),
            (b"a photograph" * 100, "This is no backup of Quietline"),
            (lost.backup[:50], "This is no backup of Quietline"),
            (lost.backup[:-1], "The backup is damaged, or its end is missing"),
            (lost.backup[:-200] + bytes(200), "The backup is damaged, or its end is missing"),
        ):
            answer = await server.bring(content)
            if answer.status == 303:
                answer = await server.look(lost.sheet)
            assert (answer.status, says in answer.words) == (422, True), answer.words
            assert f"{BACKUP}/restore" not in answer.text
            if content:
                await server.browser.submit(server.page, f"{BACKUP}/forget")
            assert "Bring it here" in (await server.browser.get(server.page)).words
        key = (await server.browser.get(f"/set-up?token={server.token}")).hidden("/set-up")
        nothing = await server.browser.post(f"{BACKUP}/restore", key)
        assert nothing.place == server.page
        assert there(tmp_path, "uploaded") == []


async def refused(server: Bare, token: str) -> bool:
    """Said so, or hung up while it was being sent."""
    try:
        return (await server.bring(bytes(LARGE), token)).status == 413
    except OSError:
        return True


async def test_it_may_be_large_and_only_with_the_link(tmp_path: Path) -> None:
    with bare(tmp_path) as server:
        for token in ("", "guessed"):
            assert await refused(server, token)
        assert (await server.bring(b"small", "guessed")).status == 404
        assert there(tmp_path, "uploaded") == []
        assert (await server.bring(os.urandom(LARGE))).status == 303
        assert (tmp_path / "uploaded.backup").stat().st_size == LARGE
        assert (tmp_path / "uploaded.backup").stat().st_mode & 0o777 == 0o600


async def test_one_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with bare(tmp_path) as server:
        host, _, port = server.browser.base.rpartition("/")[2].partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST {BACKUP}/file?token={server.token} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.browser.base}\r\n"
            "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 1000000\r\n\r\n"
            '--edge\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\n'
        )
        writer.write(head.encode() + bytes(100_000))
        await writer.drain()
        while not there(tmp_path, "uploaded"):
            assert (await server.browser.get(server.page)).status == 200
        writer.close()
        await writer.wait_closed()
        while there(tmp_path, "uploaded"):
            assert (await server.browser.get(server.page)).status == 200


@pytest.fixture
async def served(tmp_path: Path) -> Path:
    """A directory that was served from a moment ago, with a practice in it and a backup beside."""
    async with founding(tmp_path) as made:
        await found_practice(made.house.office, NewPractice("other", "Other", "UTC"))
    return tmp_path


async def test_what_cannot_be_restored_leaves_what_was_there(
    served: Path, lost: Lost, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.settings import read_settings

    settings = read_settings(settings_of(served))
    before = (served / "master.key").read_bytes()
    place_of_upload(settings.database).write_bytes(lost.backup[:-1])
    trouble = await serving.brought_back(settings, bytes.fromhex("00" * 32))
    assert trouble == serving.FAILED
    assert (served / "master.key").read_bytes() == before
    assert there(served, serving.ASIDE) == []
    assert re.search(r"(?m)^.*2 practices", quietline(settings_of(served), "doctor").stdout.decode())
