"""What is erased is gone from every table there is; what others have is as it was. Tables are found, not listed."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from messaging.ids import PracticeId
from messaging.memory.ending import Erasable, Erasing
from messaging.trust.noted import Noted
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector, state_authors
from threads.ending.conversation import WITH_IT
from threads.ending.erasures import Endings
from threads.ending.person import SENT, THEIRS
from threads.ending.taking import QUEUED
from threads.tables.absence import absences
from threads.tables.installation import directory, queue
from threads.tables.mail import originals
from threads.tables.people import people, practices
from threads.tables.record import attachments, entries
from threads.tables.sessions import sessions, slots
from threads.tables.whole import metadata
from web.house import house
from web.state import House

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)

STAY = {
    "practices": "the practice itself",
    "session_rules": "the practice's",
    "practice_pgp_keys": "the practice's",
    "documents": "the practice's",
    "document_versions": "the practice's",
    "forms": "the practice's",
    "form_versions": "the practice's",
    "conversations": "erased by its own row",
    "people": "the row of a person stays, without a word in it",
    "data_keys": "by its owner",
    "directory": "by what it leads to, and reply addresses by their hash",
    "queue": "by its id and its lane",
    "slots": "the clinician's own; one that was taken goes with the session",
    "event_feeds": "the practice's",
    "events": "ids and times, as programs were told them",
    "webhooks": "the practice's",
    "webhook_lanes": "go with their webhook, by their foreign key",
    "service_accounts": "the practice's",
    "trail": "ids and times, and never changed",
    "export_chunks": "go with their export, by their foreign key",
    "installation": "belongs to no practice",
    "imap_positions": "belongs to no practice",
    "imap_kept": "belongs to no practice: a keyed hash of a letter's octets",
}
"""Tables that neither foreign key leads to, or that are more than what it leads to; and why that is right."""


@pytest.fixture
async def built(database: TestDatabase, tmp_path: Path) -> AsyncIterator[House]:
    """Its anchors lie elsewhere: the trail of a practice whose rows are taken away is missed by every later start."""
    settings = database.settings(QUIETLINE_AUDIT_ANCHORS_FILE=str(tmp_path / "audit.anchors"))
    async with house(settings) as made:
        yield made


@pytest.fixture
async def database_(database: TestDatabase, cast: Cast) -> Any:
    """Nothing of what is made up here may stay: couriers and readers of other tests would take it for theirs."""
    made = Database(connector(database.accesses.app.url()))
    yield made
    async with made.within(cast.practice.id) as connection:
        for table in (queue, directory, practices):
            await connection.execute(delete(table).where(table.c.practice_id == cast.practice.id))
    await made.close()


def test_every_table_has_its_place() -> None:
    placed = {one.name for one in (*WITH_IT, *THEIRS, *SENT, originals)} | set(STAY)
    assert {one.name for one in metadata.sorted_tables} == placed


def value(column: Column[Any]) -> Any:
    """Something of the column's kind that occurs nowhere else."""
    match column.type:
        case Uuid():
            return uuid4()
        case LargeBinary():
            return uuid4().bytes
        case Boolean():
            return True
        case SmallInteger() | Integer() | BigInteger():
            return 1
        case DateTime():
            return NOW
        case Date():
            return NOW.date()
        case Time():
            return time(18)
        case JSONB():
            return {}
        case Text():
            return f"text {uuid4().hex[:8]}"
        case _:
            raise AssertionError(f"no value for {column.type}")


def row(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    """A row with every column filled, those that are given as they are."""
    made = {column.name: value(column) for column in table.columns if column.identity is None}
    return made | {name: said for name, said in given.items() if name in made}


async def fill(database: Database, practice: PracticeId, person: UUID, conversation: UUID) -> None:
    """A row of every table that could hold something of the two, and work that waits for each."""
    about = {
        "practice_id": practice,
        "person_id": person,
        "author_id": person,
        "clinician_id": person,
        "uploader_id": person,
        "conversation_id": conversation,
        "file_id": uuid4(),
        "absence_id": uuid4(),
    }
    async with database.within(practice) as connection:
        await state_authors(connection, [person])
        for table in metadata.sorted_tables:
            if table.name in STAY or table.name == "members":
                continue
            made = row(table, about)
            if table is entries:
                made["number"] = 1
                made["letter_id"] = made["id"]
            if table is attachments:  # the piece is one of it
                made["id"] = about["file_id"]
            if table is absences:  # what stands in one conversation is of it
                made["id"] = about["absence_id"]
            await connection.execute(insert(table).values(**made))
            if table.name == "reply_tokens":
                found = {"kind": "reply", "target_id": conversation, "hash": made["hash"]}
                await connection.execute(insert(directory).values(practice_id=practice, **found))
            if table in QUEUED:
                due = {"kind": "made up", "id": made[QUEUED[table].name], "next_at": NOW, "turn": 0}
                await connection.execute(insert(queue).values(practice_id=practice, lane=None, **due))
            if table is sessions:
                taken = row(slots, {"practice_id": practice, "session_id": made["id"]})
                taken["clinician_id"] = person
                await connection.execute(insert(slots).values(**taken))
        ref = {"kind": "person_ref", "target_id": person, "hash": uuid4().bytes}
        await connection.execute(insert(directory).values(practice_id=practice, **ref))
        lane = {"kind": "made up", "id": uuid4(), "next_at": NOW, "lane": conversation, "turn": 0}
        await connection.execute(insert(queue).values(practice_id=practice, **lane))


async def all_rows(database: Database, practice: PracticeId) -> dict[str, list[str]]:
    """Every row of every table that names the practice, as text."""
    rows: dict[str, list[str]] = {}
    async with database.within(practice) as connection:
        everybody = await connection.scalars(select(people.c.id).where(people.c.practice_id == practice))
        await state_authors(connection, everybody.all())
        for table in metadata.sorted_tables:
            if "practice_id" in table.columns:
                asked = text(f"select to_jsonb(t)::text from {table.name} t where practice_id = :practice")
                found = await connection.scalars(asked, {"practice": practice})
                rows[table.name] = sorted(found)
    return rows


def naming(rows: Mapping[str, list[str]], *ids: UUID) -> dict[str, int]:
    """How many rows name one of these ids, by table."""
    counted = {
        table: sum(any(str(one) in line for one in ids) for line in lines) for table, lines in rows.items()
    }
    return {table: count for table, count in counted.items() if count}


@pytest.mark.parametrize("what", [Erasable.CONVERSATION, Erasable.PERSON])
async def test_nothing_of_it_is_left_and_nothing_of_others_is_touched(
    cast: Cast, database_: Database, what: Erasable
) -> None:
    practice = cast.practice.id
    gone = (cast["linden"].id, cast.conversation("linden"))
    await fill(database_, practice, *gone)
    await fill(database_, practice, cast["ruth"].id, cast.conversation("ruth"))
    before = await all_rows(database_, practice)
    one = Erasing(what, practice, gone[0] if what is Erasable.PERSON else gone[1], NOW)

    endings = Endings(database_)
    counts = await endings.weigh(one)
    assert counts is not None
    assert await all_rows(database_, practice) == before, "weighing changes nothing"
    assert await endings.still_standing([one]) == [one]
    assert await endings.erase(one) == counts
    assert await endings.erase(one) == {}, "once more: nothing happens"
    assert await endings.still_standing([one]) == []
    assert await endings.weigh(one) is None

    after = await all_rows(database_, practice)
    match what:
        case Erasable.PERSON:
            assert naming(after, *gone) == {"people": 1}
            (left,) = [json.loads(line) for line in after["people"] if str(gone[0]) in line]
            assert left["sealed"] == "\\x"
            assert left["password_hash"] is None
        case Erasable.CONVERSATION:
            assert naming(after, gone[1]) == {}
    others = {
        table: [line for line in lines if not any(str(one) in line for one in gone)]
        for table, lines in before.items()
    }
    unnamed = {"queue", "slots", "directory"}  # of these, rows lead to it by another id
    for table, lines in others.items():
        if table not in unnamed:
            assert [line for line in after[table] if not any(str(o) in line for o in gone)] == lines, table
    theirs = (cast["ruth"].id, cast.conversation("ruth"))
    assert naming(after, *theirs) == naming(before, *theirs)
    waiting = {table: len(after[table]) for table in ("queue", "slots")}
    assert waiting == {table: len(before[table]) // 2 for table in waiting}


async def test_of_a_practice_nothing_is_left_but_its_trail(cast: Cast, database_: Database) -> None:
    practice = cast.practice.id
    await cast.office.memory.trail.note(
        practice, NOW, cast["mira"].id, Noted.OPENED, cast.conversation("ruth")
    )
    await fill(database_, practice, cast["ruth"].id, cast.conversation("ruth"))
    before = await all_rows(database_, practice)
    one, endings = Erasing(Erasable.PRACTICE, practice, practice, NOW), Endings(database_)
    counts = await endings.weigh(one)
    assert await all_rows(database_, practice) == before, "weighing changes nothing"
    assert await endings.still_standing([one]) == [one]
    assert await endings.erase(one) == counts
    assert await endings.erase(one) == {}, "once more: nothing happens"
    assert (await endings.still_standing([one]), await endings.weigh(one)) == ([], None)
    after = await all_rows(database_, practice)
    assert {table for table, lines in after.items() if lines} == {"practices", "trail", "directory"}
    (known,) = map(json.loads, after["directory"])
    assert (known["kind"], known["target_id"]) == ("erased_practice", str(practice)), "an id and no more"
    assert practice in await cast.office.memory.directory.erased_practices()
    assert practice not in await cast.office.memory.directory.practices()
    assert after["trail"] == before["trail"]
    (left,) = map(json.loads, after["practices"])
    assert (left["name"], left["settings"], left["numbers"]) == ("", None, None)
    assert cast.practice.name not in str(left)
    assert cast.practice.slug not in str(left)
    assert await cast.office.memory.trail.verify(practice) == (len(before["trail"]), None)


async def test_of_a_practice_that_is_not_stated_nothing_is_erased(cast: Cast, database_: Database) -> None:
    elsewhere = Erasing(Erasable.CONVERSATION, PracticeId(uuid4()), cast.conversation("ruth"), NOW)
    assert await Endings(database_).weigh(elsewhere) is None
    assert await Endings(database_).erase(elsewhere) == {}
    assert await Endings(database_).still_standing([elsewhere]) == []


async def test_no_word_is_blanked_from_another_practice(cast: Cast, database_: Database) -> None:
    """The one function with its owner's rights sees what the transaction has stated and no more."""
    practice = cast.practice.id
    await fill(database_, practice, cast["ruth"].id, cast.conversation("ruth"))
    before = (await all_rows(database_, practice))["entries"]
    blank = text("select blank_entries(:practice, :person)")
    said = {"practice": practice, "person": cast["ruth"].id}
    async with database_.within(uuid4()) as connection:
        assert await connection.scalar(blank, said) == 0
    async with database_.anywhere() as connection:
        assert await connection.scalar(blank, said) == 0
    assert (await all_rows(database_, practice))["entries"] == before
    async with database_.within(practice) as connection:
        assert await connection.scalar(blank, said) == 1
    assert (await all_rows(database_, practice))["entries"] != before
