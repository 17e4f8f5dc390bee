"""Secrets in files: NAME_FILE for every setting that holds one, and never both."""

from dataclasses import replace
from pathlib import Path

import pytest

from web.settings import BadSettings, Settings, read_settings
from web.settings_reader import SECRETS

SECRET = "hedgehog7"
# A sender's key is 32 octets in base64url (RFC 8292); the word above stands in it, too.
VAPID = f"{SECRET}{'A' * 34}"
VALUES = {
    "DATABASE_URL": f"postgresql://app:{SECRET}@db.example/quietline",
    "DATABASE_OWNER_URL": f"postgresql://owner:{SECRET}@db.example/quietline",
    "BACKUP_URL": f"postgresql://backup:{SECRET}@db.example/quietline",
    "RELAY_URL": f"smtps://me:{SECRET}@relay.example",
    "IMAP_URL": f"imaps://me:{SECRET}@mail.example",
    "OAUTH_SECRET": SECRET,
    "VAPID_KEY": VAPID,
}
BESIDE = {
    "OAUTH_SECRET": {
        "QUIETLINE_OAUTH": "microsoft-app:tenant",
        "QUIETLINE_OAUTH_CLIENT": "client",
        "QUIETLINE_IMAP_URL": "imaps://me%40mail.example@mail.example",
        "QUIETLINE_SENDER": "me@mail.example",
    }
}
"""What a setting does not stand without."""


def read(folder: Path, name: str, given: dict[str, str]) -> Settings:
    return read_settings({"QUIETLINE_DATA_DIR": str(folder / "var"), **BESIDE.get(name, {}), **given})


def public(settings: Settings) -> str | None:
    """By what others know a sender's key: two of one key are two objects."""
    return settings.outbound.vapid_key.public if settings.outbound.vapid_key else None


def without_key(settings: Settings) -> Settings:
    """All else, which can be compared."""
    return replace(settings, outbound=replace(settings.outbound, vapid_key=None))


def mistakes(folder: Path, name: str, given: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        read(folder, name, given)
    return str(refused.value).splitlines()


def test_every_secret_has_a_value_here() -> None:
    assert set(SECRETS) == VALUES.keys()


@pytest.mark.parametrize("name", SECRETS)
def test_what_stands_in_a_file_is_as_if_it_stood_in_the_setting(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{VALUES[name]}\n")
    said = read(tmp_path, name, {f"QUIETLINE_{name}": VALUES[name]})
    held = read(tmp_path, name, {f"QUIETLINE_{name}_FILE": str(file)})
    assert public(held) == public(said)
    said, held = without_key(said), without_key(held)
    assert held == said
    assert (
        held != read(tmp_path, name, {})
        if name not in ("OAUTH_SECRET", "VAPID_KEY")
        else held.mail.oauth == said.mail.oauth
    )
    assert SECRET not in repr(held)


@pytest.mark.parametrize("name", SECRETS)
def test_both_are_refused_in_one_line_that_says_neither(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(VALUES[name])
    given = {f"QUIETLINE_{name}": VALUES[name], f"QUIETLINE_{name}_FILE": str(file)}
    assert mistakes(tmp_path, name, given) == [
        f"QUIETLINE_{name}: it stands in QUIETLINE_{name}_FILE too; leave one of them out"
    ]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(
    ("held", "says"),
    [(None, "cannot be read: no such file"), (b" \n", "is empty"), (b"\xff\xfe", "is not text")],
)
def test_a_file_that_holds_none_is_named(tmp_path: Path, name: str, held: bytes | None, says: str) -> None:
    file = tmp_path / "secret"
    if held is not None:
        file.write_bytes(held)
    found = mistakes(tmp_path, name, {f"QUIETLINE_{name}_FILE": str(file)})
    assert [line for line in found if line.startswith(f"QUIETLINE_{name}_FILE: {file} {says}")], found


@pytest.mark.parametrize("name", [one for one in SECRETS if one != "OAUTH_SECRET"])
def test_a_url_in_a_file_that_is_none_is_refused_without_its_password(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"gopher://me:{SECRET}@db.example/x")
    found = mistakes(tmp_path, name, {f"QUIETLINE_{name}_FILE": str(file)})
    assert any(line.startswith(f"QUIETLINE_{name}: ") for line in found), found
    assert SECRET not in "".join(found)
