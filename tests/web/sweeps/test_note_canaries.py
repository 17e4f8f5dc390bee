"""Marked words of notes: asked for at every address by who belongs to the conversation and may not read them all the same.

A progress note is for its clinicians, a process note for its author: not for their clients, a colleague beside them, or who
administers; in no file, no trail, no search and no archive of theirs.
"""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.ids import ConversationId
from messaging.notes.note import Written
from messaging.notes.own_key import own_key
from messaging.notes.process import write_own
from messaging.notes.progress import take_out, write_note
from messaging.notes.sealed import process_place, progress_place
from messaging.people import Person, Role
from messaging.practice.circles import join_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.record.reading import enter
from messaging.trust.access import Deed
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Noted
from tests.cast import Cast
from tests.web.hostile import Door
from tests.web.sweeps.test_canaries import (
    CANARY,
    Asker,
    Filled,
    everywhere,
    filled,
    headers_of,
    instances,
    read_everything,
)
from threads.database import Database, state_authors
from threads.tables.whole import metadata

MOMENT = timedelta(microseconds=1)
NOTE, OWN = f"{CANARY}-note", f"{CANARY}-own"


@pytest.fixture
async def world(cast: Cast) -> Filled:
    return await filled(cast)


async def colleague(world: Filled) -> Person:
    """Beside Dr Mira from the first word on, with a process note of their own."""
    cast = world.cast
    new = NewPerson(Role.PSYCHIATRIST, f"kim-{cast.practice.slug}", "Kim")
    kim = await add_person(cast.office, cast.practice.id, new)
    await join_circle(cast.office, cast["nour"], world.conversation, kim.id)
    await read_everything(world, kim.id)
    held, _ = await enter(cast.office, kim, world.conversation, Deed.NOTE)
    await write_own(cast.office, held, Written(uuid4(), "Kim's own"))
    return kim


async def told(world: Filled, asker: Asker) -> set[str]:
    """Which of the two marks they are told, at any address there is."""
    door, found = Door(world.cast.house), set[str]()
    for method, template in everywhere():
        for path in instances(world, template) if method == "GET" else ():
            reply = await door.ask("GET", path, b"", headers_of(asker, form=False))
            body = reply.body.decode("utf-8", "replace")
            found |= {mark for mark in (NOTE, OWN) if mark in body}
    return found


async def test_each_is_told_to_whom_it_is_for_at_any_address(world: Filled) -> None:
    cast, kim = world.cast, await colleague(world)
    assert await told(world, Asker("mira", await cast.token("mira"))) == {NOTE, OWN}
    assert await told(world, Asker("kim", await cast.token_of(kim))) == {NOTE}
    for name in ("ben", "tess", "nour"):
        assert await told(world, Asker(name, await cast.token(name))) == set(), name


async def test_a_client_is_told_by_no_address_that_a_note_was_written(world: Filled) -> None:
    """What they can ask for reads the same before and after."""
    cast = world.cast
    token = Asker("ben", await cast.token("ben"))
    place = f"/api/v1/conversations/{world.conversation}"

    async def asked() -> list[tuple[int, Any]]:
        door, found = Door(cast.house), []
        for path in ("/api/v1/conversations", f"{place}/messages", f"{place}/members", f"{place}/readers"):
            reply = await door.ask("GET", path, b"", headers_of(token, form=False))
            found.append((reply.status, json.loads(reply.body)))
        return found

    first = await asked()
    held, _ = await cast.enter("mira", "ben", Deed.NOTE)
    note, _ = await write_note(cast.office, held, Written(uuid4(), "One more."))
    await write_own(cast.office, held, Written(uuid4(), "One more."))
    await take_out(cast.office, held, note.id)
    assert await asked() == first


async def test_no_word_of_a_note_is_in_the_trail_or_in_any_column(world: Filled) -> None:
    """All rows of the practice as text, those of every author stated: nothing of either kind stands there in clear."""
    cast = world.cast
    base: Database = cast.office.memory.people._database  # type: ignore[attr-defined]
    async with base.within(cast.practice.id) as connection:
        await state_authors(connection, [one.id for one in cast.people.values()])
        rows = ""
        for table in metadata.sorted_tables:
            if "practice_id" in table.columns:
                found = await connection.scalars(text(f"select to_jsonb(t)::text from {table.name} t"))
                rows += "".join(found)
        noted = [row.action for row in await connection.execute(text("select action, subject_id from trail"))]
        used = await connection.execute(
            text("select subject_id from trail where action = :act"), {"act": Noted.OWN_NOTES_USED.value}
        )
        assert {row.subject_id for row in used} == {None}, "about whom is nobody else's to know"
    assert Noted.NOTE_WRITTEN in noted
    for mark in (NOTE, OWN):
        assert mark not in rows
        assert mark.encode().hex() not in rows


async def test_a_search_finds_the_progress_note_for_its_clinicians_and_no_process_note_of_another(
    world: Filled,
) -> None:
    """Asked as it is over HTTP, by everybody there is: a colleague beside, who covers or oversees, client, administrator."""
    cast, kim = world.cast, await colleague(world)
    door, asked = Door(cast.house), {"q": CANARY.split("-")[0], "kind": "note"}

    async def found(who: Person) -> tuple[int, set[str]]:
        headers = headers_of(Asker("", await cast.token_of(who)), form=False)
        reply = await door.ask("POST", "/api/v1/search", json.dumps(asked).encode(), headers)
        told = json.loads(reply.body).get("results", [])
        return reply.status, {one["excerpt"] for one in told}

    assert await found(cast["mira"]) == (200, {NOTE, OWN})
    asked["q"] = NOTE
    assert await found(kim) == (200, {NOTE})
    asked["q"] = OWN
    assert await found(kim) == (200, set())
    for role in Role:
        new = NewPerson(role, f"{role.value}-{cast.practice.slug}", role.value)
        other = await add_person(cast.office, cast.practice.id, new)
        expected: tuple[int, set[str]] = (200, set()) if role.is_clinician else (404, set())
        for asked["q"] in (NOTE, OWN):
            assert await found(other) == expected, role
    for name in ("ben", "tess", "nour"):
        assert await found(cast[name]) == (404, set()), name


async def test_a_process_note_opens_with_no_key_but_its_authors(world: Filled) -> None:
    cast, office = world.cast, world.cast.office
    kim = await colleague(world)
    held, _ = await cast.enter("mira", "ben", Deed.NOTE)
    (stored,) = await office.memory.process_notes.page(held, None, 10)
    theirs, _ = await enter(office, kim, world.conversation, Deed.NOTE)
    for key in (
        await office.keyring.key(held.practice, held.conversation),
        await office.keyring.key(held.practice, held.person),
        await office.keyring.key(held.practice, held.practice),
        await own_key(office, theirs),
    ):
        with pytest.raises(CannotOpen):
            key.open(process_place(held.practice, stored), stored.sealed)
    (await own_key(office, held)).open(process_place(held.practice, stored), stored.sealed)


async def test_a_note_that_was_put_elsewhere_does_not_open(world: Filled) -> None:
    """Bound to its conversation, its author, its times and, of the record, its version."""
    office = world.cast.office
    held, _ = await world.cast.enter("mira", "ben", Deed.NOTE)
    (own,) = await office.memory.process_notes.page(held, None, 10)
    key = await own_key(office, held)
    elsewhere = ConversationId(uuid4())
    for wrong in (replace(own, conversation=elsewhere), replace(own, made_at=own.made_at + MOMENT)):
        with pytest.raises(CannotOpen):
            key.open(process_place(held.practice, wrong), wrong.sealed)
    (stored,) = await office.memory.progress_notes.page(held, None, 10)
    shared = await office.keyring.key(held.practice, held.conversation)
    for wrong_one in (
        replace(stored, version=2),
        replace(stored, author=world.cast["eli"].id),
        replace(stored, at=stored.at + MOMENT),
    ):
        with pytest.raises(CannotOpen):
            shared.open(progress_place(held.practice, wrong_one), wrong_one.sealed)
