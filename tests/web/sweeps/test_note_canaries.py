"""Marked words of notes: asked for at every address by who belongs to the conversation and may not read them all the same.

A progress note is for its clinicians, a process note for its author: not for their clients, a colleague beside them, or who
administers; in no file, no trail, no search and no archive of theirs.
"""

import json
from typing import Any
from uuid import uuid4

import pytest

from messaging.notes.note import Written
from messaging.notes.process import write_own
from messaging.people import Person, Role
from messaging.practice.circles import join_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.record.reading import enter
from messaging.trust.access import Deed
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


async def test_a_client_is_told_by_no_address_that_there_are_notes(cast: Cast) -> None:
    """Everything they can ask for reads the same before and after a note was written, but for keys and times."""
    before = await filled(cast)
    token = Asker("ben", await cast.token("ben"))
    place = f"/api/v1/conversations/{before.conversation}"

    async def asked() -> list[tuple[int, Any]]:
        door, found = Door(cast.house), []
        for path in ("/api/v1/conversations", f"{place}/messages", f"{place}/members", f"{place}/readers"):
            reply = await door.ask("GET", path, b"", headers_of(token, form=False))
            found.append((reply.status, json.loads(reply.body)))
        return found

    first = await asked()
    held, _ = await cast.enter("mira", "ben", Deed.NOTE)
    await write_own(cast.office, held, Written(uuid4(), "One more."))
    assert await asked() == first
