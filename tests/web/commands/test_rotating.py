"""`quietline keys rotate`: beside a server at work, cut off anywhere, by hand on several machines."""

import asyncio
import errno
import json
import os
from argparse import Namespace
from collections.abc import Callable, Coroutine, Iterator
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvloop

from messaging.people import Role
from messaging.practice import rewrapping
from messaging.practice.founding import NewPerson, NewPractice, add_person, found_practice
from messaging.record.posting import say
from messaging.record.reading import entries_after, people_named
from messaging.trust.access import Deed
from messaging.trust.root_keys import RootKey
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase, own_database, start_server
from tests.journeys.talking import call, talking
from tests.journeys.test_live_chat import begin_session
from threads.keys import Keys
from web import master_key
from web.commands import rotating
from web.house import house
from web.master_key import KeyTrouble, make_key, next_to, read_master_key, read_master_keys


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """A database of this test's own."""
    with own_database(tmp_path_factory.mktemp("rotated")) as made:
        yield made


def in_a_loop(work: Coroutine[Any, Any, None]) -> None:
    """Of its own, as a command has it: the database of these tests comes and goes by loops of its own, too."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


def key_of(own: TestDatabase) -> Path:
    return own.data_dir / "master.key"


def only_with(path: Path, folder: Path) -> None:
    """The one key file and none beside it, somewhere else."""
    folder.mkdir()
    (folder / "master.key").write_bytes(path.read_bytes())
    (folder / "master.key").chmod(0o600)


async def opens(own: TestDatabase, cast: Cast, key: Path | None = None) -> list[str]:
    """What a house that starts now, with this key, reads of Ruth's conversation."""
    more = {"QUIETLINE_MASTER_KEY_FILE": str(key)} if key else {}
    async with house(own.settings(**more)) as built:
        later = Cast(built, cast.practice, cast.people, cast.conversations)
        held, _ = await later.enter("ruth", "ruth")
        return [one.body.text for one in await entries_after(built.office, held, 0) if one.body.text]


async def said(own: TestDatabase) -> Cast:
    """A practice in which Ruth has said something."""
    async with house(own.settings()) as built:
        cast = await found_cast(built)
        await begin_session(cast)
        held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
        await say(built.office, held, uuid4(), "before")
        return cast


def test_a_server_at_work_goes_on_and_everything_opens_with_the_new_key_alone(
    own: TestDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_a_loop(beside_a_server(own, tmp_path, capsys))


async def beside_a_server(own: TestDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cast = await said(own)
    before = read_master_key(key_of(own))
    server = start_server(own.environment())
    try:
        async with house(own.settings()) as built:
            at_work = Cast(built, cast.practice, cast.people, cast.conversations)
            ruth = await at_work.token("ruth")
            async with talking(server, ruth) as line:
                await line.open(cast.conversation("ruth"))
                await rotated(own, capsys)
                assert (await line.say(cast.conversation("ruth"), "meanwhile"))["type"] == "said"
            # A practice that this house, which started before, founds and peoples now, with the present key.
            other = await found_practice(
                built.office, NewPractice(f"late-{uuid4().hex[:8]}", "Haus Esche", "UTC")
            )
            eve = await add_person(built.office, other.id, NewPerson(Role.CLIENT, f"eve-{other.slug}", "Eve"))
            token = await at_work.token("ruth")
        assert (await call(server, token, "GET", "/conversations"))[0] == 200
    finally:
        server.stop()
    assert read_master_key(key_of(own)) != before
    only_with(key_of(own), tmp_path / "alone")
    assert await opens(own, cast, tmp_path / "alone" / "master.key") == ["before", "meanwhile"]
    async with house(own.settings(QUIETLINE_MASTER_KEY_FILE=str(tmp_path / "alone" / "master.key"))) as built:
        assert (await people_named(built.office, other.id, [eve.id]))[eve.id].name == "Eve"
    (former,) = key_of(own).parent.glob("master.key.former-*")
    assert read_master_key(former) == before
    assert former.stat().st_mode & 0o777 == 0o600
    only_with(former, tmp_path / "old")
    with pytest.raises(KeyTrouble, match="does not open this database"):
        await opens(own, cast, tmp_path / "old" / "master.key")


async def rotated(own: TestDatabase, capsys: pytest.CaptureFixture[str], **given: bool) -> dict[str, object]:
    """What the command tells."""
    capsys.readouterr()
    assert await rotating.rotate(own.settings(), Namespace(**({"json": True, "prepare": False} | given))) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


class CutOff(Exception):
    """The power went."""


def cutting(function: Any, *, before: bool) -> Callable[..., Any]:
    """Ends where the function would begin, or when it has done its work."""

    def cut(*arguments: Any, **named: Any) -> Any:
        if before:
            raise CutOff
        function(*arguments, **named)
        raise CutOff

    async def cut_later(*arguments: Any, **named: Any) -> Any:
        if before:
            raise CutOff
        await function(*arguments, **named)
        raise CutOff

    return cut_later if iscoroutinefunction(function) else cut


STEPS = [
    ("web.master_key.make_key", make_key),
    ("messaging.practice.rewrapping.rewrap", rewrapping.rewrap),
    ("messaging.practice.rewrapping._opens", rewrapping._opens),
    ("threads.keys.Keys.rewrap", Keys.rewrap),
    ("threads.keys.Keys.rewrap_installation", Keys.rewrap_installation),
    ("web.master_key.exchange", master_key.exchange),
    ("web.master_key._fill", master_key._fill),
    ("web.master_key.os.link", os.link),
    ("web.master_key.Path.hardlink_to", Path.hardlink_to),
    ("web.master_key.Path.rename", Path.rename),
    ("web.master_key._sync", master_key._sync),
]
"""Everything a rotation does to a file or a row."""


def test_cut_off_anywhere_everything_opens_and_it_can_be_ended(
    own: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    in_a_loop(cut_off_anywhere(own, capsys))


async def cut_off_anywhere(own: TestDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    cast = await said(own)
    for name, step in STEPS:
        for before in (True, False):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(name, cutting(step, before=before))
                with pytest.raises(CutOff):
                    await rotated(own, capsys)
            assert await opens(own, cast) == ["before"], (name, before)
            was = read_master_key(key_of(own))
            told = await rotated(own, capsys)
            assert read_master_key(key_of(own)) != was or "former" in told
            assert not next_to(key_of(own)).exists()
            assert await opens(own, cast) == ["before"], (name, before)
    assert len(read_master_keys(key_of(own), may_make=False)._keys) > len(STEPS)


def test_while_one_rotates_another_is_refused(own: TestDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    in_a_loop(two_at_once(own, capsys))


async def two_at_once(own: TestDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    cast = await said(own)
    was = read_master_key(key_of(own))
    with master_key.alone_at(key_of(own)), pytest.raises(KeyTrouble, match="exchanged already"):
        await rotated(own, capsys)
    assert (read_master_key(key_of(own)), next_to(key_of(own)).exists()) == (was, False)
    await rotated(own, capsys)
    assert await opens(own, cast) == ["before"]


def test_a_key_without_room_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.master_key.os.fsync", refused(OSError(errno.ENOSPC, "full")))
    with pytest.raises(KeyTrouble, match="cannot be written"):
        make_key(tmp_path / "master.key")
    assert list(tmp_path.iterdir()) == []


def refused(fault: OSError) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise fault

    return refuse


def test_the_next_key_is_made_first_where_several_machines_serve(
    own: TestDatabase, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    in_a_loop(on_several_machines(own, capsys, tmp_path))


async def on_several_machines(own: TestDatabase, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cast = await said(own)
    told = await rotated(own, capsys, prepare=True)
    assert told == {"next": str(next_to(key_of(own)))}
    only_with(key_of(own), tmp_path / "other")
    elsewhere = tmp_path / "other" / "master.key"
    next_to(elsewhere).write_bytes(next_to(key_of(own)).read_bytes())
    next_to(elsewhere).chmod(0o600)
    prepared = read_master_key(next_to(key_of(own)))
    await rotated(own, capsys)
    assert read_master_key(key_of(own)) == prepared
    assert await opens(own, cast, elsewhere) == ["before"], "a machine that has the next key beside its own"


def test_a_key_that_cannot_be_exchanged_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    make_key(path)
    was = read_master_key(path)
    with pytest.raises(KeyTrouble, match="cannot be exchanged"):
        master_key.exchange(path)
    assert read_master_key(path) == was
    with pytest.raises(KeyTrouble, match="cannot be written"):
        make_key(path)


def test_what_systemd_hands_over_may_have_its_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its access list shows as the group's bits; anywhere else these are other people."""
    path = tmp_path / "master.key"
    make_key(path)
    path.chmod(0o440)
    with pytest.raises(KeyTrouble, match="readable by others"):
        read_master_key(path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert isinstance(read_master_key(path), RootKey)
    path.chmod(0o444)
    with pytest.raises(KeyTrouble, match="readable by others"):
        read_master_key(path)
