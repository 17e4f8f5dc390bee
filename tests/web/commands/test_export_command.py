"""`quietline export`: a file for its owner alone, whole or not there, and a refusal in one line."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from messaging.exporting.record import ExportFormat
from tests.cast import nobody, provisioning_lines
from tests.web.commands.test_people_commands import Terminal, slug, terminal
from tests.web.exporting.reading_back import read_back
from web.commands.whole_files import whole_file

__all__ = ["slug", "terminal"]


@pytest.fixture
def conversation(terminal: Terminal, slug: str) -> str:
    lines = [json.loads(line) for line in provisioning_lines(slug, clients=1)]
    made = terminal.provisioned(lines)
    return next(str(one["id"]) for line, one in zip(lines, made, strict=True) if "conversation" in line)


@pytest.mark.parametrize("form", ExportFormat)
def test_a_record_in_each_form(
    terminal: Terminal, conversation: str, tmp_path: Path, form: ExportFormat
) -> None:
    path = tmp_path / "record"
    path.write_text("an older one")
    wanted = ("export", "--conversation", conversation, "--format", form.value)
    (told,) = terminal.told(*wanted, "-o", str(path), "--reason", "a court asks", "--json")
    assert told == {
        "conversation": conversation,
        "entries": 1,
        "octets": path.stat().st_size,
        "file": str(path),
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Session opened" in read_back(form, path.read_bytes())[1].text or form is ExportFormat.JSON
    assert list(tmp_path.iterdir()) == [path]


def test_to_standard_output(terminal: Terminal, conversation: str) -> None:
    code, out, err = terminal.run("export", "--conversation", conversation, "--format", "json", "-o", "-")
    assert (code, err) == (0, "")
    assert json.loads(out)["conversation"]["id"] == conversation


def test_refusals_are_one_line_and_leave_nothing(
    terminal: Terminal, conversation: str, tmp_path: Path
) -> None:
    for named, path, *more in (
        (str(nobody()), tmp_path / "a"),
        ("no-id", tmp_path / "a"),
        (conversation, tmp_path),
        (conversation, tmp_path / "nowhere" / "a"),
        (conversation, tmp_path / "a", "--reason", "x" * 201),
    ):
        code, out, err = terminal.run(
            *("export", "--conversation", str(named), "--format", "html", "-o", str(path)), *map(str, more)
        )
        assert (code, out, len(err.splitlines())) == (1, "", 1), err
    assert not list(tmp_path.iterdir())


def test_half_a_record_is_no_file(
    terminal: Terminal, conversation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> AsyncIterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("web.commands.export.written", broken)
    path = tmp_path / "a"
    path.write_text("an older one")
    wanted = ("export", "--conversation", conversation, "--format", "json", "-o", str(path))
    code, out, err = terminal.run(*wanted)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert path.read_text() == "an older one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_its_owners_from_the_first_octet_on(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a") as into:
        into.write(b"x")
        (beside,) = tmp_path.iterdir()
        assert beside.stat().st_mode & 0o777 == 0o600
        assert beside.name != "a"
    assert (tmp_path / "a").read_bytes() == b"x"
