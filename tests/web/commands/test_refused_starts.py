"""A start that cannot be: one line that names the setting, the place and the cause, and exit code 1."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import TestDatabase
from tests.web.conftest import Said
from web.causes import cannot_listen, read_file
from web.database_settings import place_of
from web.master_key import KeyTrouble, read_master_key
from web.settings import BadSettings, Listen, read_settings

ROOT = os.geteuid() == 0
OTHERS = "192.0.2.1"
"""An address of nobody's machine (RFC 5737)."""


@pytest.fixture
def taken() -> Iterator[str]:
    """An address that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield f"127.0.0.1:{other.getsockname()[1]}"


# Listeners


@pytest.mark.parametrize("setting", ["HTTP", "SMTP", "LMTP", "OPS"])
def test_an_address_in_use_is_named_with_its_setting(said: Said, taken: str, setting: str) -> None:
    line = said("serve", **{f"QUIETLINE_{setting}": taken})
    assert line == f"QUIETLINE_{setting}: cannot listen on {taken}: another program listens there"


@pytest.mark.parametrize("setting", ["HTTP", "SMTP", "LMTP", "OPS"])
@pytest.mark.parametrize(
    ("at", "why"),
    [
        (f"{OTHERS}:2525", "not an address of this machine"),
        ("nowhere.invalid:2525", "no such host name"),
    ],
)
def test_an_address_that_is_not_ours_is_named_with_its_setting(
    said: Said, setting: str, at: str, why: str
) -> None:
    line = said("serve", **{f"QUIETLINE_{setting}": at})
    assert line == f"QUIETLINE_{setting}: cannot listen on {at}: {why}"


def test_a_socket_cannot_be_made_where_there_is_no_place_for_it(said: Said, tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("kept")
    for path, why in (
        (tmp_path / "missing" / "lmtp", "not there"),
        (file / "lmtp", "below something that is no directory"),
        (file, "there already, and not a socket"),
        (tmp_path, "there already, and not a socket"),
        (tmp_path / ("long" * 30), "not possible on this system"),
    ):
        line = said("serve", QUIETLINE_LMTP=str(path))
        assert line == f"QUIETLINE_LMTP: cannot listen on {path}: {why}"
    assert file.read_text() == "kept"


def test_a_socket_another_server_listens_on_is_not_taken_from_it(said: Said, tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        line = said("serve", QUIETLINE_LMTP=str(path))
        assert line == f"QUIETLINE_LMTP: cannot listen on {path}: another program listens there"
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(path))
    # Nobody listens any more: a name left behind is in nobody's way (the next refusal is of another setting).
    assert said("serve", QUIETLINE_LMTP=str(path), QUIETLINE_HTTP=f"{OTHERS}:1").startswith("QUIETLINE_HTTP")


def test_a_low_port_says_what_it_needs() -> None:
    fault = PermissionError(13, "Permission denied")
    assert str(cannot_listen("SMTP", Listen("0.0.0.0", 25), fault)) == (
        "QUIETLINE_SMTP: cannot listen on 0.0.0.0:25: not permitted "
        "(a port below 1024 needs root or CAP_NET_BIND_SERVICE)"
    )


def test_http_does_not_listen_on_a_path(said: Said, tmp_path: Path) -> None:
    assert said("serve", QUIETLINE_HTTP=str(tmp_path / "http")) == "QUIETLINE_HTTP: write it as HOST:PORT"


# The archive


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"QUIETLINE_ARCHIVE_DIR": "backups"}, "QUIETLINE_ARCHIVE_DIR: write it as an absolute path"),
        (
            {"QUIETLINE_ARCHIVE_DIR": "{data}/archive"},
            "QUIETLINE_ARCHIVE_DIR: it must be apart from QUIETLINE_DATA_DIR",
        ),
        (
            {"QUIETLINE_ARCHIVE_DIR": "{data}/.."},
            "QUIETLINE_ARCHIVE_DIR: it must be apart from QUIETLINE_DATA_DIR",
        ),
        (
            {"QUIETLINE_ARCHIVE_DIR": "/backups/q", "QUIETLINE_MASTER_KEY_FILE": "/backups/q/key"},
            "QUIETLINE_ARCHIVE_DIR: the master key must not lie in it",
        ),
        (
            {"QUIETLINE_ARCHIVE_DIR": "/backups/q", "QUIETLINE_DATABASE_URL": "postgresql://q@nowhere/q"},
            "QUIETLINE_ARCHIVE_DIR: only the embedded database is archived",
        ),
        ({"QUIETLINE_ARCHIVE_DAYS": "0"}, "QUIETLINE_ARCHIVE_DAYS: a number of days from 1 to 366"),
    ],
)
def test_an_archive_that_would_be_none_is_refused(tmp_path: Path, more: dict[str, str], why: str) -> None:
    given = {name: value.format(data=tmp_path) for name, value in more.items()}
    with pytest.raises(BadSettings, match=re.escape(why)):
        read_settings({"QUIETLINE_DATA_DIR": str(tmp_path), **given})


# Files

FILES = {
    "QUIETLINE_MASTER_KEY_FILE": "{}",
    "QUIETLINE_DKIM": "s2026:{}",
    "QUIETLINE_SMTP_CERTIFICATE": "{}",
}


def broken_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Paths that hold nothing of use, and a word of the cause."""
    for name, content in (("empty", b""), ("noise", os.urandom(64)), ("words", b"-----BEGIN NOTHING-----\n")):
        path = folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        yield path, ""
    folder.chmod(0o700)
    yield folder, "a directory, not a file"
    yield folder / "empty" / "below", "below something that is no directory"
    yield folder / "missing", ""


@pytest.mark.parametrize("setting", FILES)
def test_a_file_that_will_not_do_is_named_with_its_setting(said: Said, tmp_path: Path, setting: str) -> None:
    for path, why in broken_files(tmp_path):
        line = said("serve", **{setting: FILES[setting].format(path)})
        assert line.startswith(f"{setting}: "), line
        assert str(path) in line
        assert why in line
        assert "Errno" not in line


def test_a_file_of_settings_that_will_not_do_is_named(said: Said, tmp_path: Path) -> None:
    for path, why in broken_files(tmp_path):
        if path.name == "empty":
            continue  # no settings at all is a choice
        line = said("--config", str(path), "doctor")
        assert line.startswith(f"--config: {path}")
        assert why in line


def test_a_file_to_provision_from_that_will_not_do_is_named(said: Said, tmp_path: Path) -> None:
    for path, why in broken_files(tmp_path):
        if path.name in ("empty", "words"):
            continue  # those are lines, and answered line by line
        line = said("provision", str(path))
        assert line.startswith(str(path))
        assert why in line


@contextmanager
def as_nobody() -> Iterator[None]:
    """As an ordinary user, for a moment: root may read and write everything."""
    if not ROOT:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_named_with_its_setting(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    path.write_text("00" * 32)
    path.chmod(0)
    with (
        as_nobody(),
        pytest.raises(BadSettings, match=f"QUIETLINE_DKIM: {path} cannot be read: not permitted"),
    ):
        read_file("QUIETLINE_DKIM", path)
    with (
        as_nobody(),
        pytest.raises(KeyTrouble, match=r"QUIETLINE_MASTER_KEY_FILE: .* cannot be read: not permitted"),
    ):
        read_master_key(path)


# The data directory and the database


def test_a_data_directory_that_will_not_do_is_named_with_its_setting(said: Said, tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("")
    for path, why in (
        (file, "is not a directory"),
        (file / "below", "cannot be written to: below something that is no directory"),
        (Path("/proc/quietline"), "cannot be written to: not there"),
    ):
        line = said(
            "serve", QUIETLINE_DATABASE_URL="", QUIETLINE_DATABASE_OWNER_URL="", QUIETLINE_DATA_DIR=str(path)
        )
        assert line == f"QUIETLINE_DATA_DIR: {path} {why}"


def test_a_database_that_lets_nobody_in_is_named_with_its_setting_and_no_password(
    said: Said, database: TestDatabase, taken: str
) -> None:
    good = database.accesses.app.url()
    elsewhere = good.replace("/quietline?", "/template0?")
    for setting in ("QUIETLINE_DATABASE_URL", "QUIETLINE_DATABASE_OWNER_URL"):
        for url, place, why in (
            (
                "postgresql://me:secret@127.0.0.1:1/quietline",
                "127.0.0.1:1/quietline",
                "nothing listens there",
            ),
            ("postgresql://me:secret@nowhere.invalid/x", "nowhere.invalid/x", "there is no such host"),
            ("postgresql:///quietline?host=/nowhere", "/nowhere/quietline", "there is no such socket"),
            (
                "postgresql://me:secret@127.0.0.1:no/x",
                "a URL that cannot be read",
                "its address cannot be read",
            ),
            (good.replace("_app:", "_app:secret"), place_of(good), "it refuses the name or the password"),
            (elsewhere, place_of(elsewhere), ""),
        ):
            line = said("doctor", **{setting: url})
            assert line.startswith(f"{setting}: {place}: the database cannot be reached: {why}"), line
            assert "secret" not in line
        line = said("doctor", **{setting: "mysql://me:secret@127.0.0.1/quietline"})
        assert line.startswith(f"{setting}: write it as postgresql://user:password@host[:port]/database")
        assert "secret" not in line
