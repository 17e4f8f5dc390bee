"""The command line: what it makes, and how it refuses, in one line each."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from messaging.trust.tokens import read_token
from tests.cast import Cast, provisioning_lines
from tests.channels.email.world import FakeRelay, NameServer
from tests.conftest import TestDatabase, own_database, start_server
from threads.database import NotFitToServe
from web.cli import main
from web.commands.checking import Check, _master_key, _release
from web.database_settings import DatabaseSettings
from web.house import house
from web.mail import mail_in
from web.master_key import KeyTrouble
from web.settings import BadSettings, read_settings


def quietline(
    environment: dict[str, str], *arguments: str, typed: str = ""
) -> "subprocess.CompletedProcess[str]":
    clean = {k: v for k, v in os.environ.items() if not k.startswith("QUIETLINE_")}
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        env={**clean, **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_caseload_is_provisioned_line_by_line_and_tokens_are_made_for_all(database: TestDatabase) -> None:
    slug = f"caseload-{secrets.token_hex(4)}"
    lines = provisioning_lines(slug, clients=40)
    done = quietline(database.environment(), "provision", "-", typed="\n".join(lines))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["line"] for a in answers] == list(range(1, len(lines) + 1))
    people = [a["id"] for a in answers if "person" in a]
    assert all("invitation" in a["person"] for a in answers if "person" in a)
    assert all(a["session"]["state"] == "live" for a in answers if "session" in a)
    made = quietline(
        database.environment(), "token", "create", "--person", "-", "--json", typed="\n".join(people)
    )
    tokens = [json.loads(line)["token"] for line in made.stdout.splitlines()]
    assert len(set(tokens)) == len(people)
    assert all(read_token(t) for t in tokens)


def test_a_line_that_fails_says_so_and_the_rest_goes_on(database: TestDatabase) -> None:
    slug = f"broken-{secrets.token_hex(4)}"
    person = {"practice": slug, "role": "client", "username": f"ruth-{slug}", "name": "Ruth"}
    typed = [
        json.dumps({"practice": {"slug": slug, "name": "Haus Linde"}}),
        "not json",
        json.dumps({"practice": {"slug": slug, "name": "Again"}}),
        json.dumps({"person": {**person, "role": "wizard"}}),
        json.dumps({"person": {**person, "email": "no address\r\nBcc: all"}}),
        json.dumps({"person": person}),
        json.dumps({"person": person}),
        json.dumps({"conversation": {"practice": slug, "clients": [f"ruth-{slug}"], "clinicians": []}}),
        json.dumps({"session": {"practice": slug, "conversation": 7}}),
        json.dumps({"practice": {"slug": "UPPER CASE", "name": "x"}}),
    ]
    done = quietline(database.environment(), "provision", "-", typed="\n".join(typed))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert ["error" in a for a in answers] == [False, True, True, True, True, False, True, True, True, True]
    assert done.stderr.count("\n") == 1


def test_a_token_for_nobody_is_refused_in_one_line(tmp_path: Path) -> None:
    """Over a database of its own: in the one that tests share, trails that were spoiled on purpose ring here too."""
    with own_database(tmp_path) as alone:
        for person in ("nobody", "7a4b0d54-0d0c-4a5e-9d2c-1df1a8a0c1ab"):
            done = quietline(alone.environment(), "token", "create", "--person", person)
            assert (done.returncode, done.stderr) == (1, "quietline: there is no such person\n")


def test_every_wrong_setting_is_named_at_once() -> None:
    wrong = {
        "QUIETLINE_HTTP": "nowhere",
        "QUIETLINE_BASE_URL": "http://public.example",
        "QUIETLINE_RELAY_URL": "ftp://relay",
        "QUIETLINE_REPLY_ADDRESS": "reply@{domain}",
        "QUIETLINE_LOG": "xml",
        "QUIETLINE_MAIL_SIZE": "41M",
        "QUIETLINE_CLAMD": "nowhere",
        "QUIETLINE_HTPP": "typo",
    }
    with pytest.raises(BadSettings) as refusal:
        read_settings(wrong)
    assert {line.partition(":")[0] for line in str(refusal.value).splitlines()} == set(wrong)


@pytest.mark.parametrize(
    ("relay", "plain", "refused"),
    [
        ("smtp://mx.practice.example", "", True),
        ("smtp://10.0.0.5:25", "", True),
        ("smtp://mx.practice.example", "other.example", True),
        ("smtp://MX.practice.example", "mx.Practice.example", False),
        ("smtp://10.0.0.5:25", "10.0.0.5", False),
        ("smtp://127.0.0.2:25", "", False),
        ("smtp://[::1]:25", "", False),
        ("smtp://localhost", "", False),
        ("smtps://mx.practice.example", "", False),
        ("smtp+starttls://mx.practice.example", "", False),
    ],
)
def test_letters_leave_this_machine_in_the_open_only_to_a_host_that_is_named(
    relay: str, plain: str, refused: bool
) -> None:
    given = {"QUIETLINE_RELAY_URL": relay, "QUIETLINE_RELAY_PLAIN": plain}
    if not refused:
        assert read_settings(given).mail.relay is not None
        return
    with pytest.raises(BadSettings, match=r"QUIETLINE_RELAY_URL: smtp:// to .* in the open") as refusal:
        read_settings(given)
    assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(("written", "size"), [("2M", 2_097_152), ("1048576", 1_048_576), ("", 31_457_280)])
def test_the_largest_letter_is_what_the_operator_says(written: str, size: int) -> None:
    assert mail_in(read_settings({"QUIETLINE_MAIL_SIZE": written}).mail).size_limit == size


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert (left.value.code, capsys.readouterr().out) == (0, f"quietline {version('quietline')}\n")


def test_wrong_usage_exits_2_and_a_wrong_setting_1() -> None:
    assert quietline({}, "dance").returncode == 2
    done = quietline({"QUIETLINE_LOG": "xml"}, "doctor")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_second_server_on_the_same_data_is_refused_in_one_line(tmp_path: Path) -> None:
    environment = {"QUIETLINE_DATA_DIR": str(tmp_path / "data"), "QUIETLINE_HTTP": "127.0.0.1:0"}
    first = start_server(environment)
    try:
        second = quietline(environment, "serve")
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert second.stderr.startswith("quietline: ")
    finally:
        assert first.stop() == 0


async def test_the_server_does_not_serve_as_a_role_that_passes_row_security(
    database: TestDatabase,
) -> None:
    settings = database.settings(QUIETLINE_DATABASE_URL=database.accesses.backup.url())
    with pytest.raises(NotFitToServe, match="row security"):
        async with house(settings):
            pass


async def test_the_server_does_not_serve_where_commits_are_not_kept(database: TestDatabase) -> None:
    url = database.accesses.app.url()
    careless = url + ("&" if "?" in url else "?") + "synchronous_commit=off"
    with pytest.raises(NotFitToServe, match="synchronous_commit"):
        async with house(database.settings(QUIETLINE_DATABASE_URL=careless)):
            pass


async def test_the_server_says_why_its_master_key_will_not_do(
    cast: Cast, database: TestDatabase, tmp_path: Path
) -> None:
    settings = database.settings()
    for content, mode, words in (
        (None, 0, "missing"),
        ("short", 0o600, "cannot be read"),
        ("0" * 64, 0o644, "others"),
    ):
        key = tmp_path / f"key-{mode}-{words}"
        if content is not None:
            key.write_text(content)
            key.chmod(mode)
        changed = replace(settings, database=replace(settings.database, master_key_file=key))
        with pytest.raises(KeyTrouble, match=words):
            async with house(changed):
                pass


def test_another_master_key_does_not_open_the_database(
    cast: Cast, database: TestDatabase, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    other.write_text("11" * 32)
    other.chmod(0o600)
    done = quietline(database.environment(QUIETLINE_MASTER_KEY_FILE=str(other)), "doctor")
    assert (done.returncode, done.stderr) == (
        1,
        "quietline: QUIETLINE_MASTER_KEY_FILE: the master key does not open this database\n",
    )


def test_the_doctor_and_the_audit_say_one_line_a_check(cast: Cast, database: TestDatabase) -> None:
    asyncio.set_event_loop(None)
    doctor = quietline(database.environment(), "doctor", "--json")
    checks = {c["check"]: c["fine"] for c in map(json.loads, doctor.stdout.splitlines())}
    assert checks["database"]
    assert checks["master key"]
    assert checks["release"]
    assert checks["box sealed"]
    assert checks["box names"]
    assert checks["relay"] is False
    audit = quietline(database.environment(), "audit", "verify", "--json")
    assert audit.returncode == 0
    assert {json.loads(line)["broken_at"] for line in audit.stdout.splitlines()} == {None}


def test_the_doctor_names_the_release_and_warns_of_an_older_one() -> None:
    assert _release((18, 6), (18, 6)) == Check("release", fine=True, says="PostgreSQL 18.6")
    assert not _release((18, 7), (18, 6)).warns
    assert not _release((17, 2), (18, 6)).warns
    assert _release((18, 4), (18, 6)).warns
    assert _release((18, 4), (18, 6)).says.startswith("PostgreSQL 18.4, ")


def test_the_doctor_warns_of_a_key_beside_the_database_it_locks(tmp_path: Path) -> None:
    data, away = tmp_path / "data", tmp_path / "away"
    for given in (data, away):
        given.mkdir()
    (away / "link.key").symlink_to(data / "master.key")
    for key, url, warns in (
        (data / "master.key", None, True),
        (data / "below" / "master.key", None, True),
        (away / "link.key", None, True),
        (away / "master.key", None, False),
        (data / "master.key", "postgresql://elsewhere/quietline", False),
    ):
        assert _master_key(DatabaseSettings(data, url, master_key_file=key)).warns is warns, key


async def test_the_doctor_for_mail_says_what_is_broken_and_sends_a_letter(
    cast: Cast, database: TestDatabase
) -> None:
    names, relay = (
        NameServer({("_dmarc.mail.example", "TXT"): "v=DMARC1; p=reject"}),
        await FakeRelay().start(),
    )
    host, port = await names.start()
    environment = database.environment(
        QUIETLINE_DNS=f"{host}:{port}",
        QUIETLINE_MAIL_DOMAIN="mail.example",
        QUIETLINE_RELAY_URL=f"smtp://127.0.0.1:{relay.port}",
        QUIETLINE_LMTP="/nowhere/lmtp.sock",
    )
    doctor = await asyncio.to_thread(quietline, environment, "doctor", "--mail", "--json", "--wait", "0.2")
    said = [json.loads(line) for line in doctor.stdout.splitlines()]
    ours = {one["check"]: one["fine"] for one in said}
    assert doctor.returncode == 1
    assert {name: ours[f"{name} of mail.example"] for name in ("MX", "SPF", "DKIM", "DMARC")} == {
        "MX": False,
        "SPF": False,
        "DKIM": True,
        "DMARC": True,
    }
    assert (ours["lmtp"], ours["relay"], ours["test letter"]) == (False, True, False)
    assert len(relay.taken) == 1
    to = await asyncio.to_thread(quietline, environment, "doctor", "--mail", "--to", "me@else.example")
    assert "ok   test letter: the relay took it" in to.stdout
    assert len(relay.to("me@else.example")) == 1
    assert "me@else.example" not in to.stdout + to.stderr
    await relay.stop()
    names.stop()
