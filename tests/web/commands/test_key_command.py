"""The master key from a command: run once, without a shell, for ten seconds at most; nothing of it is told but its name."""

import time
from pathlib import Path

import pytest

from tests.web.commands.test_command_line import quietline
from web import key_command
from web.commands.checking import _master_key
from web.database_settings import DatabaseSettings
from web.key_command import key_from, keys_of
from web.master_key import KeyTrouble
from web.settings import BadSettings, read_settings

KEY = "5a" * 32


def script(folder: Path, *lines: str, name: str = "give") -> Path:
    path = folder / name
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o700)
    return path


def test_what_the_command_says_is_the_key_and_it_is_asked_once(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    given = script(tmp_path, f'echo "$1 $#" >> {asked}', 'test "$2" = "two words" && echo ' + KEY)
    settings = read_settings({"QUIETLINE_MASTER_KEY_COMMAND": f'{given} $HOME "two words"'}).database
    for _ in range(2):
        assert [key.secret.hex() for key in keys_of(settings, may_make=True).known] == [KEY]
    assert asked.read_text() == "$HOME 2\n", "no shell has looked at it"
    assert not settings.master_key_file.exists()


def test_it_sees_none_of_our_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIETLINE_DATABASE_URL", "postgresql://a:secret@host/db")
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example")
    given = script(tmp_path, f"env > {tmp_path / 'seen'}", f"echo {KEY}")
    key_from((str(given),))
    seen = (tmp_path / "seen").read_text()
    assert ("secret" in seen, "VAULT_ADDR=https://vault.example" in seen) == (False, True)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("echo the secret is out >&2", "exit 7"), "ended with exit code 7"),
        (("kill -9 $$",), "ended with exit code -9"),
        (("true",), "did not give 64 hexadecimal digits"),
        (("echo 5a5a",), "did not give 64 hexadecimal digits"),
        (("echo not a key at all",), "did not give 64 hexadecimal digits"),
        (("while :; do echo secret; done",), "said more than a key"),
        (("sleep 60",), "did not end within 1 s"),
        (("exec >&-", "sleep 60"), "did not end within 1 s"),
        ((f"echo {KEY}", "sleep 60 &"), "did not end within 1 s"),
    ],
)
def test_what_goes_wrong_is_named_and_nothing_that_it_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    lines: tuple[str, ...],
    why: str,
) -> None:
    monkeypatch.setattr(key_command, "LIMIT", 1.0)
    given, began = script(tmp_path, *lines), time.monotonic()
    with pytest.raises(KeyTrouble) as refusal:
        key_from((str(given), "--pin=1234"))
    assert str(refusal.value) == f"QUIETLINE_MASTER_KEY_COMMAND: {given} {why}"
    assert capfd.readouterr() == ("", "")
    assert time.monotonic() - began < 10


def test_nothing_of_it_is_left_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_command, "LIMIT", 0.5)
    pids = tmp_path / "pids"
    given = script(tmp_path, f"sleep 60 & echo $! > {pids}", "wait")
    with pytest.raises(KeyTrouble):
        key_from((str(given),))
    left = int(pids.read_text())
    deadline = time.monotonic() + 5
    while Path(f"/proc/{left}/cmdline").exists() and Path(f"/proc/{left}/cmdline").read_bytes():
        assert time.monotonic() < deadline


def test_a_command_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path, why in ((tmp_path / "missing", "not there"), (tmp_path / "folder", "not permitted")):
        with pytest.raises(KeyTrouble, match=f"MASTER_KEY_COMMAND: {path} cannot be run: {why}"):
            key_from((str(path),))


@pytest.mark.parametrize(
    ("raw", "why"), [("vault read", "absolute path"), ("/bin/echo 'open", "closing"), (" ", "absolute path")]
)
def test_a_setting_that_will_not_do_is_refused(raw: str, why: str) -> None:
    with pytest.raises(BadSettings, match=f"QUIETLINE_MASTER_KEY_COMMAND: .*{why}"):
        read_settings({"QUIETLINE_MASTER_KEY_COMMAND": raw})


def test_file_and_command_at_once_are_refused() -> None:
    both = {"QUIETLINE_MASTER_KEY_COMMAND": "/bin/true", "QUIETLINE_MASTER_KEY_FILE": "master.key"}
    with pytest.raises(BadSettings, match="MASTER_KEY_FILE is set too; leave one of them out"):
        read_settings(both)


def test_an_installation_lives_by_it_and_rotating_is_refused_with_the_way_to_do_it(tmp_path: Path) -> None:
    given = script(tmp_path, f"echo {KEY}")
    settings = {
        "QUIETLINE_DATA_DIR": str(tmp_path / "data"),
        "QUIETLINE_MASTER_KEY_COMMAND": f"{given} --pin 1234",
    }
    assert quietline(settings, "migrate").returncode == 0
    assert not (tmp_path / "data" / "master.key").exists()
    doctor = quietline(settings, "doctor").stdout
    line = f"ok   master key: opens this installation, and comes from {given} (QUIETLINE_MASTER_KEY_COMMAND)"
    assert line in doctor.splitlines()
    assert "1234" not in doctor
    backup = tmp_path / "kept"
    assert quietline(settings, "backup", "-o", str(backup)).returncode == 0
    rotated = quietline(settings, "keys", "rotate")
    assert rotated.stderr == f"quietline: {key_command.NOT_FROM_HERE}\n"
    # The way that the line names: by a file, and back.
    (key := tmp_path / "key").write_text(KEY)
    key.chmod(0o600)
    by_file = {"QUIETLINE_DATA_DIR": settings["QUIETLINE_DATA_DIR"], "QUIETLINE_MASTER_KEY_FILE": str(key)}
    assert quietline(by_file, "keys", "rotate").returncode == 0
    new = script(tmp_path, f"cat {key}", name="new")
    settings = settings | {"QUIETLINE_MASTER_KEY_COMMAND": str(new)}
    assert f"comes from {new}" in quietline(settings, "doctor").stdout
    other = script(tmp_path, "echo " + "11" * 32, name="other")
    refused = quietline(settings | {"QUIETLINE_MASTER_KEY_COMMAND": str(other)}, "doctor")
    assert refused.stderr == (
        "quietline: QUIETLINE_MASTER_KEY_COMMAND: the master key does not open this database\n"
    )
    restoring = {
        "QUIETLINE_DATA_DIR": str(tmp_path / "restored"),
        "QUIETLINE_MASTER_KEY_COMMAND": str(given),
    }
    restored = quietline(restoring, "restore", str(backup), "--data-dir", str(tmp_path / "restored"))
    assert restored.returncode == 0, restored.stderr
    assert not (tmp_path / "restored" / "master.key").exists()


def test_the_doctor_says_which_file_it_is(tmp_path: Path) -> None:
    says = _master_key(DatabaseSettings(tmp_path, master_key_file=Path("/elsewhere/key"))).says
    assert says == "opens this installation, and comes from /elsewhere/key"
