"""The file that keeps the consent: whole or not at all, for nobody else's eyes, and asked with by one process at a time."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from channels.email.access import Lack, NoToken
from web.oauth import kept
from web.oauth.kept import alone, read_consent, write_consent

HOLDS_IT = """
import sys
from pathlib import Path
from web.oauth.kept import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_what_is_written_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "below" / "consent"
    assert read_consent(path) is None
    before = os.umask(0)
    try:
        write_consent(path, "1//first")
        write_consent(path, "1//second")
    finally:
        os.umask(before)
    assert read_consent(path) == "1//second"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["consent"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_others_can_reach_is_not_read(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "consent"
    write_consent(path, "1//kept")
    path.chmod(mode)
    with pytest.raises(NoToken) as missing:
        read_consent(path)
    assert missing.value.lack is Lack.UNREADABLE
    with pytest.raises(NoToken) as missing, alone(path):
        pass
    assert missing.value.lack is Lack.UNREADABLE


def test_a_file_that_holds_nothing_is_no_consent(tmp_path: Path) -> None:
    path = tmp_path / "consent"
    write_consent(path, "x")
    for nothing in (b"", b"\n"):
        path.write_bytes(nothing)
        assert read_consent(path) is None
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(NoToken):
        read_consent(path)


def test_a_write_that_fails_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "consent"
    write_consent(path, "1//first")

    def full(_: int) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as broken:
        broken.setattr("web.oauth.kept.os.fsync", full)
        with pytest.raises(OSError, match="no space"):
            write_consent(path, "1//second")
    assert read_consent(path) == "1//first"
    assert [one.name for one in tmp_path.iterdir()] == ["consent"]


def test_one_process_at_a_time_asks_and_the_next_sees_what_it_got(tmp_path: Path) -> None:
    path = tmp_path / "consent"
    write_consent(path, "1//first")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS_IT, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdin is not None
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    seen: list[str | None] = []

    def ask() -> None:
        with alone(path) as consent:
            seen.append(consent)

    asking = threading.Thread(target=ask)
    asking.start()
    write_consent(path, "1//second")  # as the one who holds it does with what it got
    assert not seen or seen == ["1//second"]
    other.communicate(b"\n")
    asking.join()
    assert seen == ["1//second"]


def test_who_waits_for_another_process_does_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "consent"
    write_consent(path, "1//first")
    monkeypatch.setattr(kept, "PATIENCE", 0.1)
    with alone(path), pytest.raises(NoToken) as missing, alone(path):
        pass
    assert missing.value.lack is Lack.AWAY


def test_where_nothing_is_kept_nothing_is_locked(tmp_path: Path) -> None:
    with alone(tmp_path / "consent") as consent:
        assert consent is None
    assert not list(tmp_path.iterdir())
