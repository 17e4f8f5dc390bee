"""`quietline export --practice`: all that a practice holds in one zip; `quietline unlock`: what was fetched from a page."""

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from messaging.backup.sealing import ARCHIVE, BACKUP, Sealed, begun
from messaging.backup.sheet import written as sheet_of
from messaging.exporting.record import ExportFormat
from tests.cast import provisioning_lines
from tests.web.commands.test_people_commands import Terminal, slug, terminal
from web.cli import main
from web.master_key import read_master_keys
from web.settings import read_settings

__all__ = ["slug", "terminal"]


@pytest.fixture
def conversations(terminal: Terminal, slug: str) -> set[str]:
    lines = [json.loads(line) for line in provisioning_lines(slug, clients=3)]
    made = terminal.provisioned(lines)
    return {str(one["id"]) for line, one in zip(lines, made, strict=True) if "conversation" in line}


@pytest.mark.parametrize("form", ExportFormat)
def test_a_practice_in_each_form(
    terminal: Terminal, slug: str, conversations: set[str], tmp_path: Path, form: ExportFormat
) -> None:
    path = tmp_path / "all.zip"
    wanted = ("export", "--practice", slug, "--format", form.value, "-o", str(path), "--reason", "they move")
    (told,) = terminal.told(*wanted, "--json")
    assert told == {
        "practice": slug,
        "conversations": 3,
        "octets": path.stat().st_size,
        "file": str(path),
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    with ZipFile(path) as packed:
        assert packed.testzip() is None
        there = {name.partition(".")[0] for name in packed.namelist() if name.startswith("conversations/")}
        assert there == {f"conversations/{one}" for one in conversations}
        assert json.loads(packed.read("practice.json"))["slug"] == slug
        assert b"client2" in packed.read("people.csv")
        assert packed.read("sessions.csv").count(b"\r\n") == 1 + 3
    terminal.told("export", "--practice", slug, "--format", "json", "-o", str(path), "--json")
    with ZipFile(path) as packed:  # the trail of the second has what the first left there
        lines = packed.read("trail.csv").decode("utf-8-sig")
    assert lines.count(f'"exported_{form.value}","they move"') == 3
    assert '"practice_exported","they move"' in lines


@pytest.mark.usefixtures("terminal")
def test_to_standard_output(slug: str, conversations: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw))
    assert main(["export", "--practice", slug, "--format", "json", "-o", "-"]) == 0
    assert len(ZipFile(raw).namelist()) == 6 + len(conversations)


def test_refusals_are_one_line_and_leave_nothing(
    terminal: Terminal, slug: str, conversations: set[str], tmp_path: Path
) -> None:
    assert conversations
    for named, path, *more in (
        ("no-such-house", tmp_path / "a"),
        (slug, tmp_path),
        (slug, tmp_path / "nowhere" / "a"),
        (slug, tmp_path / "a", "--reason", "x" * 201),
    ):
        wanted = ("export", "--practice", named, "--format", "html", "-o", str(path), *map(str, more))
        code, out, err = terminal.run(*wanted)
        assert (code, out, len(err.splitlines())) == (1, "", 1), err
    with pytest.raises(SystemExit):
        terminal.run("export", "--practice", slug, "--conversation", slug, "--format", "json", "-o", "-")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (OSError(28, "No space left on device"), "{path}: no space is left"),
        (asyncio.CancelledError(), "interrupted"),
    ],
)
def test_a_full_disk_is_named_and_half_an_archive_is_none(
    terminal: Terminal,
    slug: str,
    conversations: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: BaseException,
    says: str,
) -> None:
    assert conversations

    async def broken(*_: Any) -> AsyncIterator[bytes]:
        yield b"half"
        raise fault

    monkeypatch.setattr("web.exporting.as_archive.written", broken)
    path = tmp_path / "all.zip"
    path.write_text("an older one")
    code, out, err = terminal.run("export", "--practice", slug, "--format", "json", "-o", str(path))
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert says.format(path=path).lower() in err.lower()
    assert path.read_text() == "an older one"
    assert list(tmp_path.iterdir()) == [path]


def sealed(key: bytes, plain: bytes, what: Sealed) -> bytes:
    held: list[bytes] = []
    sealer = begun(key, os.urandom, held.append, what)
    sealer.feed(plain)
    sealer.finish()
    return b"".join(held)


def test_an_archive_is_unlocked_by_the_key_or_its_sheet_alone(terminal: Terminal, tmp_path: Path) -> None:
    key_file = read_settings(dict(os.environ)).database.master_key_file
    key = read_master_keys(key_file, may_make=False).known[0].secret
    plain = b"a zip" * 100_000
    locked, out = tmp_path / "practice.locked", tmp_path / "practice.zip"
    locked.write_bytes(sealed(key, plain, ARCHIVE))
    sheet = tmp_path / "sheet"
    sheet.write_text(sheet_of(key))
    for more in ((), ("--recovery", str(sheet))):
        (told,) = terminal.told("unlock", str(locked), "-o", str(out), "--json", *more)
        assert told == {"file": str(out), "octets": len(plain)}
        assert out.read_bytes() == plain
        assert out.stat().st_mode & 0o777 == 0o600
        out.unlink()
    sheet.write_text(sheet_of(b"x" * 32))
    refused = (
        (locked.read_bytes(), ("--recovery", str(sheet)), "does not open this archive"),
        (locked.read_bytes()[:-1], (), "damaged"),
        (sealed(key, plain, BACKUP), (), "no archive"),
        (b"", (), "no archive"),
    )
    for held, more, says in refused:
        locked.write_bytes(held)
        code, said, err = terminal.run("unlock", str(locked), "-o", str(out), *more)
        assert (code, said, len(err.splitlines())) == (1, "", 1), err
        assert says in err
        assert not out.exists()
    code, _, err = terminal.run("unlock", str(tmp_path / "none"), "-o", str(out))
    assert (code, len(err.splitlines())) == (1, 1)
