"""All of a practice in one locked file: who may ask, what is in it, who can open it, and who is told."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zipfile import ZipFile, is_zipfile

import pytest

from messaging.backup.header import NoBackup
from messaging.backup.sealing import ARCHIVE, BACKUP, opened
from messaging.ending.erasing import erase, weigh
from messaging.exporting.making import make_next, make_next_archive
from messaging.exporting.record import ExportFormat
from messaging.ids import ExportId
from messaging.memory.ending import Erasable
from messaging.memory.exporting import OfPractice
from messaging.people import Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, add_person
from messaging.record.readers import readers_of
from messaging.trust.root_keys import RootKeys
from tests.cast import found_cast
from tests.web.api.test_exports_api import API, FORMS, Desk, database, desk
from tests.web.exporting.reading_back import read_back
from web.exporting.in_the_background import archive_of, form_of
from web.http.handing_on import ending_of

__all__ = ["database", "desk"]

PLACE = "/practice/exports"


async def make(desk: Desk) -> None:
    settings = desk.cast.house.settings.database
    while await make_next_archive(desk.office, partial(archive_of, settings)):
        pass


async def archive(desk: Desk, form: str = "json") -> tuple[dict[str, Any], bytes]:
    """Asked for, made and fetched."""
    asked = await desk.ask("nour", "POST", PLACE, {"format": form})
    assert asked.status == 202, asked.text
    await make(desk)
    stands = await desk.stand("nour", json.loads(asked.body)["id"])
    assert (stands["state"], stands["progress"], stands["conversation"]) == ("ready", 100, None)
    fetched = await desk.ask("nour", "GET", stands["file"].removeprefix(API))
    assert (fetched.status, len(fetched.body)) == (200, stands["size"])
    return stands, fetched.body


def masters(desk: Desk) -> list[bytes]:
    root = desk.office.keyring._root
    assert isinstance(root, RootKeys)
    return [one.secret for one in root.known]


def unlocked(desk: Desk, locked: bytes) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(opened(io.BytesIO(locked).read, masters(desk), ARCHIVE))))


def rows(packed: ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))))


@FORMS
async def test_an_administrator_is_handed_all_of_it_and_no_word(desk: Desk, form: ExportFormat) -> None:
    _, locked = await archive(desk, form)
    assert b"words-3" not in locked
    assert not is_zipfile(io.BytesIO(locked))
    cast, packed = desk.cast, unlocked(desk, locked)
    assert packed.testzip() is None
    there = {f"conversations/{one}.{ending_of(form)}" for one in map(cast.conversation, cast.conversations)}
    tables = {
        "practice.json",
        "documents.json",
        "people.csv",
        "conversations.csv",
        "sessions.csv",
        "trail.csv",
    }
    assert set(packed.namelist()) == there | tables
    ruths = packed.read(f"conversations/{cast.conversation('ruth')}.{ending_of(form)}")
    assert "words-3" in read_back(form, ruths)[8].text
    assert {one["name"] for one in rows(packed, "people.csv")} == {one.name for one in cast.people.values()}
    assert {one["file"] for one in rows(packed, "conversations.csv")} == there
    told = json.loads(packed.read("practice.json"))
    assert (told["format"], told["name"], told["records"]) == ("quietline.practice.v1", "Haus Linde", form)
    assert rows(packed, "trail.csv")[0]["act"] == "practice_exported"


async def test_who_may_ask_and_who_may_not(desk: Desk) -> None:
    for whom, status in {"-nour": 403, "mira": 404, "ruth": 404, "-mira": 404}.items():
        assert (await desk.ask(whom, "POST", PLACE, {"format": "json"})).status == status, whom
    for wrong in ({}, {"format": "pdf"}, {"format": "json", "x": 1}):
        assert (await desk.ask("nour", "POST", PLACE, wrong)).status == 422
    stands, whole = await archive(desk)
    file = f"/exports/{stands['id']}/file"
    assert (await desk.ask("-nour", "GET", file)).status == 403
    other = await found_cast(desk.cast.house)
    desk.cast.people["another"] = other["nour"]
    for whom in ("mira", "ruth", "another"):
        for path in (f"/exports/{stands['id']}", file):
            assert (await desk.ask(whom, "GET", path)).status == 404
    part = await desk.ask("nour", "GET", file, range="bytes=100-199")
    assert (part.status, part.body) == (206, whole[100:200])


async def test_each_client_is_told_and_the_trail_has_every_step(desk: Desk) -> None:
    await archive(desk)
    cast = desk.cast
    for name in ("ruth", "ben", "omar"):
        seen = await readers_of(cast.office, cast[name], cast.conversation(name))
        (told,) = [one for one in seen if one.at is not None]
        assert (told.person.name, told.locked) == ("Nour", True), name
    lines = await desk.change(
        "select action, subject_id from trail where action like '%exported%' order by seq"
    )
    assert [one.action for one in lines] == [
        "practice_exported",
        *["exported_locked"] * len(cast.conversations),
        "practice_exported_fetched",
    ]
    assert {one.subject_id for one in lines[1:-1]} == set(map(cast.conversation, cast.conversations))


async def test_nothing_but_the_master_key_opens_it(desk: Desk) -> None:
    _, locked = await archive(desk)
    for wrong, what, keys in (
        (locked, ARCHIVE, [b"x" * 32]),
        (locked, BACKUP, masters(desk)),
        (locked[:-1], ARCHIVE, masters(desk)),
        (locked[:-20] + b"x" * 20, ARCHIVE, masters(desk)),
        (locked[:30], ARCHIVE, masters(desk)),
    ):
        with pytest.raises(NoBackup):
            b"".join(opened(io.BytesIO(wrong).read, keys, what))


@pytest.mark.parametrize(("what", "name"), [(Erasable.CONVERSATION, "omar"), (Erasable.PERSON, "ben")])
async def test_what_holds_something_that_is_erased_is_gone_with_it(
    desk: Desk, what: Erasable, name: str
) -> None:
    stands, _ = await archive(desk)
    waiting = json.loads((await desk.ask("nour", "POST", PLACE, {"format": "mbox"})).body)
    cast = desk.cast
    named = cast.conversation(name) if what is Erasable.CONVERSATION else cast[name].id
    await erase(desk.office, cast.house.ledger, await weigh(desk.office, what, named), "asked for")
    for one in (stands["id"], waiting["id"]):
        assert (await desk.ask("nour", "GET", f"/exports/{one}")).status == 404
        assert await desk.chunks(one) == 0
    await make(desk)
    packed = unlocked(desk, (await archive(desk))[1])
    assert len(rows(packed, "conversations.csv")) == len(cast.conversations) - (what is Erasable.CONVERSATION)


async def test_who_is_let_go_gets_nothing_more(desk: Desk) -> None:
    stands, _ = await archive(desk)
    cast, named = desk.cast, ExportId(UUID(stands["id"]))
    held = OfPractice(cast.practice.id, cast["nour"].id)
    assert await desk.office.memory.exports.chunk(held, named, 0, desk.office.clock()) is not None
    other = await add_person(cast.office, cast.practice.id, NewPerson(Role.ADMINISTRATOR, "other", "Other"))
    await change_person(desk.office, other, held.person, Changes(active=False))
    assert await desk.office.memory.exports.chunk(held, named, 0, desk.office.clock()) is None
    assert (await desk.ask("nour", "GET", f"/exports/{stands['id']}/file")).status == 401


async def test_nobody_waits_for_it_who_wants_their_own(desk: Desk) -> None:
    asked = json.loads((await desk.ask("nour", "POST", PLACE, {"format": "json"})).body)
    ruths = await desk.begun("ruth", "ruth")
    while await make_next(desk.office, form_of):
        pass
    assert (await desk.stand("ruth", ruths["id"]))["state"] == "ready"
    assert (await desk.stand("nour", asked["id"]))["state"] == "waiting"
    again = json.loads((await desk.ask("nour", "POST", PLACE, {"format": "json"})).body)
    assert again["id"] == asked["id"], "asked for twice it is one"


async def test_where_the_disk_is_full_nothing_half_is_left(desk: Desk) -> None:
    asked = json.loads((await desk.ask("nour", "POST", PLACE, {"format": "json"})).body)
    desk.office = replace(desk.office, room_left=lambda: False)
    await make(desk)
    assert (await desk.stand("nour", asked["id"]))["state"] == "failed"
    assert await desk.chunks(asked["id"]) == 0


async def test_after_a_day_it_is_gone(desk: Desk) -> None:
    stands, _ = await archive(desk)
    desk.later = timedelta(hours=24, seconds=1)
    desk.tokens.clear()
    assert (await desk.ask("nour", "GET", f"/exports/{stands['id']}/file")).status == 410
