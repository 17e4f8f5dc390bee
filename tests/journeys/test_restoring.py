"""The drill: backed up while people write, killed, and restored elsewhere with every word that was acknowledged before."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.bench.installed import caseload
from tests.bench.machine import Subject, clean_environment, command, start
from tests.conftest import RunningServer, own_database
from tests.journeys.talking import record, talking
from tests.web.commands.test_schema_age import NEWEST, as_owner, set_back, step_of
from threads.postgres.cluster import Cluster
from web.commands.backing_up import _output

CANARY = "kingfisher at the weir"


def quietline(
    settings: dict[str, str], *arguments: str, given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        env=clean_environment(settings),
        input=given,
        capture_output=True,
        check=False,
    )


def settings_of(folder: Path) -> dict[str, str]:
    return {"QUIETLINE_DATA_DIR": str(folder), "QUIETLINE_HTTP": "127.0.0.1:0"}


def served(folder: Path) -> Subject:
    return start("web.cli", "serve", "--json", "--roles", "web", settings=settings_of(folder))


def running(server: Subject) -> RunningServer:
    return RunningServer(server.process, {"http": server.http})


async def writing(
    server: Subject, token: str, conversation: str, said: list[str], enough: asyncio.Event
) -> None:
    """Until it is cancelled or the server is gone."""
    async with talking(running(server), token) as at:
        await at.open(UUID(conversation))
        while True:
            text = f"{CANARY} {len(said)}"
            if (await at.say(UUID(conversation), text))["type"] == "said":
                said.append(text)
            if len(said) >= 20:
                enough.set()


async def test_backed_up_under_writers_killed_and_restored(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "backup"
    server = await asyncio.to_thread(served, old)
    made = await asyncio.to_thread(command, settings_of(old), "provision", "-", "--json", given=caseload(1))
    people = [one["id"] for one in made if "person" in one]
    conversation = next(one["id"] for one in made if "conversation" in one)
    minted = await asyncio.to_thread(
        command, settings_of(old), "token", "create", "--person", "-", "--json", given=people
    )
    token = minted[0]["token"]
    said: list[str] = []
    enough = asyncio.Event()
    writer = asyncio.create_task(writing(server, token, conversation, said, enough))
    await asyncio.wait([asyncio.ensure_future(enough.wait()), writer], return_when=asyncio.FIRST_COMPLETED)
    before = list(said)
    done = await asyncio.to_thread(quietline, settings_of(old), "backup", "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert b"The master key is not in it" in done.stderr
    server.kill()
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    assert len(said) > len(before), "somebody wrote meanwhile"
    # What it had started lives on; the next server takes it over and ends it.
    await asyncio.to_thread((await asyncio.to_thread(served, old)).stop)
    raw = file.read_bytes()
    assert CANARY.encode() not in raw
    assert bytes.fromhex((old / "master.key").read_text()) not in raw

    sheet = json.loads(quietline(settings_of(old), "recovery", "sheet", "--json").stdout)["sheet"]
    looked = quietline(settings_of(old), "backup", "verify", str(file), "--json")
    assert json.loads(looked.stdout)["fine"], looked.stderr
    done = quietline(
        settings_of(new),
        "restore",
        str(file),
        "--data-dir",
        str(new),
        "--recovery",
        "-",
        given=sheet.encode(),
    )
    assert done.returncode == 0, done.stderr
    again = await asyncio.to_thread(served, new)
    try:
        entries = await record(running(again), token, conversation)
    finally:
        await asyncio.to_thread(again.stop)
    texts = [one["text"] for one in entries if (one.get("text") or "").startswith(CANARY)]
    assert texts[: len(before)] == before
    assert texts == said[: len(texts)], "what came while it was made is there in order, up to one moment"
    assert quietline(settings_of(new), "audit", "verify").returncode == 0
    full = quietline(settings_of(new), "restore", str(file), "--data-dir", str(new))
    assert (full.returncode, full.stderr.count(b"\n")) == (1, 1), full.stderr


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, bytes]:
    """An installation with a few words, and a backup of it."""
    home = tmp_path / "old"
    # Without live sessions: what somebody writes in is not erased.
    lines = [one for one in caseload(2) if "session" not in json.loads(one)]
    assert quietline(settings_of(home), "migrate").returncode == 0
    command(settings_of(home), "provision", "-", "--json", given=lines)
    done = quietline(settings_of(home), "backup", "-o", "-")
    assert done.returncode == 0, done.stderr
    return home, done.stdout


def test_cut_or_under_another_key_it_leaves_nothing_behind(small: tuple[Path, bytes], tmp_path: Path) -> None:
    home, raw = small
    new = tmp_path / "new"
    key = {"QUIETLINE_MASTER_KEY_FILE": str(home / "master.key")}
    for at in (0, 10, 59, 60, len(raw) // 2, len(raw) - 1):
        done = quietline(settings_of(new) | key, "restore", "-", "--data-dir", str(new), given=raw[:at])
        assert (done.returncode, new.exists()) == (1, False), (at, done.stderr)
        assert done.stderr.splitlines()[-1].startswith(b"quietline: "), at
    other = tmp_path / "other.key"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    wrong = {"QUIETLINE_MASTER_KEY_FILE": str(other)}
    for asked in (("restore", "-", "--data-dir", str(new)), ("backup", "verify", "-")):
        done = quietline(settings_of(new) | wrong, *asked, given=raw)
        assert (done.returncode, new.exists(), b"master key" in done.stderr) == (1, False, True)
    done = quietline(settings_of(new) | key, "restore", "-", "--data-dir", str(new), "--json", given=raw)
    assert done.returncode == 0, done.stderr


def test_two_into_one_file_do_not_mix(small: tuple[Path, bytes], tmp_path: Path) -> None:
    home, _ = small
    file = tmp_path / "backup"
    with _output(str(file)) as put:
        put(b"half of ")
        second = quietline(settings_of(home), "backup", "-o", str(file))
        put(b"the first")
    assert (second.returncode, file.read_bytes()) == (1, b"half of the first"), second.stderr
    assert second.stderr.splitlines()[-1].startswith(b"quietline: "), second.stderr
    assert quietline(settings_of(home), "backup", "-o", str(file)).returncode == 0
    assert quietline(settings_of(home), "backup", "verify", str(file)).returncode == 0
    assert {one.name for one in tmp_path.iterdir()} == {"old", "backup"}


def test_what_was_erased_since_stays_erased(small: tuple[Path, bytes], tmp_path: Path) -> None:
    home, raw = small
    new = tmp_path / "new"
    people = [
        json.loads(one)
        for one in quietline(settings_of(home), "person", "list", "--json").stdout.splitlines()
    ]
    client = next(one["id"] for one in people if one["role"] == "client")
    done = quietline(settings_of(home), "erase", "--person", client, "--yes")
    assert done.returncode == 0, done.stderr
    # Key and ledger lie in the old directory still: they come along.
    done = quietline(settings_of(home), "restore", "-", "--data-dir", str(new), "--json", given=raw)
    assert json.loads(done.stdout)["erased_again"] == 1, done.stderr
    assert b"ledger" not in done.stderr
    people = [
        json.loads(one) for one in quietline(settings_of(new), "person", "list", "--json").stdout.splitlines()
    ]
    assert next(one["name"] for one in people if one["id"] == client) == "[A former member]"


@pytest.mark.parametrize(
    ("ledger", "told"),
    [
        (None, b"no erasure ledger"),
        ("", b"no erasure ledger"),
        ("{line}\n", b"of another installation"),
        ("{line}\n{line}", b"is cut off"),
    ],
)
def test_a_ledger_that_is_none_of_this_house_is_told(
    small: tuple[Path, bytes], tmp_path: Path, ledger: str | None, told: bytes
) -> None:
    """What was erased since the backup stands again then: silence would be taken for "still erased"."""
    home, raw = small
    new = tmp_path / "new"
    line = json.dumps(
        {"what": "person", "practice": str(uuid4()), "id": str(uuid4()), "at": "2026-11-30T00:00:00+00:00"}
    )
    new.mkdir()
    shutil.copy(home / "master.key", new)
    if ledger is not None:
        (new / "erased.ledger").write_text(ledger.format(line=line))
    done = quietline(settings_of(new), "restore", "-", "--data-dir", str(new), given=raw)
    assert (done.returncode, told in done.stderr) == (0, True), done.stderr


def test_an_external_database_by_a_role_that_sees_everything_and_into_another_one(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with own_database(tmp_path / "one") as one:
        serving = one.environment()
        command(serving, "provision", "-", "--json", given=caseload(2))
        refused = quietline(serving | {"QUIETLINE_DATABASE_OWNER_URL": ""}, "backup", "-o", str(file))
        assert (refused.returncode, b"BYPASSRLS" in refused.stderr, file.exists()) == (1, True, False)
        seeing = serving | {"QUIETLINE_BACKUP_URL": one.accesses.backup.url()}
        done = quietline(seeing, "backup", "-o", str(file))
        assert done.returncode == 0, done.stderr
        people = json.loads(
            b"[" + b",".join(quietline(serving, "person", "list", "--json").stdout.splitlines()) + b"]"
        )
    assert len(people) == 4
    key = {"QUIETLINE_MASTER_KEY_FILE": str(tmp_path / "one" / "master.key")}
    other = Cluster(tmp_path / "two")
    accesses = asyncio.run(other.start())
    try:
        home = settings_of(tmp_path / "home") | key
        nowhere = accesses.owner.url().replace("@/quietline?", "@/nowhere?")
        for url, why in ((accesses.app.url(), b"no tables"), (nowhere, b"cannot be reached")):
            refused = quietline(home, "restore", str(file), "--database-url", url)
            last = refused.stderr.splitlines()[-1]
            assert (refused.returncode, last.startswith(b"quietline: --database-url: "), why in last) == (
                1,
                True,
                True,
            )
        into = ("restore", str(file), "--database-url", accesses.owner.url(), "--reason", "a drill")
        done = quietline(home, *into)
        assert done.returncode == 0, done.stderr
        again = quietline(home, *into)
        assert (again.returncode, b"not empty" in again.stderr) == (1, True)
        ours = home | {
            "QUIETLINE_DATABASE_URL": accesses.app.url(),
            "QUIETLINE_DATABASE_OWNER_URL": accesses.owner.url(),
        }
        assert quietline(ours, "migrate").returncode == 0, "the role that serves gets its rights"
        listed = quietline(ours, "person", "list", "--json").stdout.splitlines()
        assert sorted(map(json.loads, listed), key=str) == sorted(people, key=str)
        assert quietline(ours, "audit", "verify").returncode == 0
    finally:
        asyncio.run(other.stop())


def test_one_of_before_a_rotation_opens_with_the_former_key_and_restores(
    small: tuple[Path, bytes], tmp_path: Path
) -> None:
    home, raw = small
    rotated = json.loads(quietline(settings_of(home), "keys", "rotate", "--json").stdout)
    assert quietline(settings_of(home), "backup", "verify", "-", given=raw).returncode == 0, (
        "beside the new one"
    )
    new = tmp_path / "new"
    alone = {"QUIETLINE_MASTER_KEY_FILE": str(tmp_path / "key" / "master.key")}
    (tmp_path / "key").mkdir()
    for key, code in ((home / "master.key", 1), (Path(rotated["former"]), 0)):
        (tmp_path / "key" / "master.key").write_bytes(key.read_bytes())
        (tmp_path / "key" / "master.key").chmod(0o600)
        done = quietline(settings_of(new) | alone, "restore", "-", "--data-dir", str(new), given=raw)
        assert done.returncode == code, done.stderr
    listed = quietline(settings_of(new) | alone, "person", "list", "--json").stdout.splitlines()
    assert len(listed) == 4


def test_one_of_an_older_program_is_brought_up_to_date(tmp_path: Path) -> None:
    with own_database(tmp_path / "one") as one:
        serving = one.environment() | {"QUIETLINE_BACKUP_URL": one.accesses.backup.url()}
        command(serving, "provision", "-", "--json", given=caseload(1))
        older = as_owner(one, set_back)
        assert older != NEWEST
        done = quietline(serving, "backup", "-o", "-")
        assert done.returncode == 0, done.stderr
        assert as_owner(one, step_of) == older, "a backup changes nothing"
    key = {"QUIETLINE_MASTER_KEY_FILE": str(tmp_path / "one" / "master.key")}
    new = settings_of(tmp_path / "new") | key
    restored = quietline(new, "restore", "-", "--data-dir", str(tmp_path / "new"), given=done.stdout)
    assert restored.returncode == 0, restored.stderr
    listed = quietline(new, "person", "list", "--json")
    assert len(listed.stdout.splitlines()) == 2, listed.stderr


def once_there(process: "subprocess.Popen[bytes]", place: Path) -> None:
    while not place.exists():
        assert process.poll() is None, "it ended before it had begun"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_one_that_was_cut_off_is_no_house_and_is_done_again(
    small: tuple[Path, bytes], tmp_path: Path, how: signal.Signals
) -> None:
    home, raw = small
    new = tmp_path / "new"
    (file := tmp_path / "backup").write_bytes(raw)
    key = {"QUIETLINE_MASTER_KEY_FILE": str(home / "master.key")}
    settings = settings_of(new) | key
    asked = ("restore", str(file), "--data-dir", str(new))
    line = [sys.executable, "-m", "web.cli", *asked]
    with subprocess.Popen(line, env=clean_environment(settings), stderr=subprocess.PIPE) as cut:
        once_there(cut, new / "postgres" / "postmaster.pid")
        cut.send_signal(how)
        said = cut.communicate()[1]
    if how is signal.SIGTERM:
        assert (cut.returncode, said.splitlines()[-1], new.exists()) == (1, b"quietline: interrupted", False)
    else:
        for other in (("migrate",), ("person", "list"), ("backup", "-o", "-"), ("serve",)):
            done = quietline(settings, *other)
            assert (done.returncode, done.stdout) == (1, b""), other
            assert (done.stderr.count(b"\n"), b"run it again" in done.stderr) == (1, True), done.stderr
    assert quietline(settings, *asked).returncode == 0
    assert len(quietline(settings, "person", "list", "--json").stdout.splitlines()) == 4
    assert {one.name for one in new.iterdir()} == WHOLE


WHOLE = {"audit.anchors", "postgres", *(f"postgres.{one}" for one in ("held", "json", "lock", "log"))}


def test_two_into_one_place_do_not_meet(small: tuple[Path, bytes], tmp_path: Path) -> None:
    home, raw = small
    new = tmp_path / "new"
    (file := tmp_path / "backup").write_bytes(raw)
    settings = settings_of(new) | {"QUIETLINE_MASTER_KEY_FILE": str(home / "master.key")}
    asked = ("restore", str(file), "--data-dir", str(new))
    line = [sys.executable, "-m", "web.cli", *asked]
    with subprocess.Popen(line, env=clean_environment(settings), stderr=subprocess.DEVNULL) as first:
        once_there(first, new / "restore.unfinished")
        second = quietline(settings, *asked)
    assert (first.returncode, second.returncode) == (0, 1)
    assert second.stderr.startswith(b"quietline: --data-dir: "), second.stderr
    assert len(quietline(settings, "person", "list", "--json").stdout.splitlines()) == 4
