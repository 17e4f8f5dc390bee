"""Process notes are seen by who has stated their author, whatever is asked; progress notes are changed by nobody."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from messaging.memory.keys import OwnerKey
from messaging.notes.note import Written
from messaging.notes.own_key import own_key_made
from messaging.notes.process import write_own
from messaging.notes.progress import write_note
from messaging.notes.sealed import own_key_id
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector, state_authors
from threads.law import law_of
from threads.tables.notes import process_notes, progress_notes

_n = process_notes.c


@pytest.fixture
async def database_(database: TestDatabase) -> AsyncIterator[Database]:
    made = Database(connector(database.accesses.app.url()))
    yield made
    await made.close()


@pytest.fixture
async def noted(cast: Cast) -> Cast:
    held, _ = await cast.enter("mira", "ruth", Deed.NOTE)
    await write_own(cast.office, held, Written(uuid4(), "Mine."))
    await write_note(cast.office, held, Written(uuid4(), "The record's."))
    return cast


async def test_a_wrong_query_reads_changes_and_takes_nobody_elses(noted: Cast, database_: Database) -> None:
    """Everything without a condition, as somebody who has stated nobody, and as a colleague."""
    practice = noted.practice.id
    for stated in ([], [noted["eli"].id], [noted["nour"].id, noted["ruth"].id]):
        async with database_.within(practice) as connection:
            await state_authors(connection, stated)
            assert (await connection.execute(select(process_notes))).all() == []
            assert (await connection.execute(update(process_notes).values(sealed=b"x"))).rowcount == 0
            assert (await connection.execute(delete(process_notes))).rowcount == 0
    async with database_.within(practice) as connection:
        assert (await connection.execute(select(process_notes))).all() == [], "nor who says nothing"
    async with database_.within(uuid4()) as connection:
        await state_authors(connection, [noted["mira"].id])
        assert (await connection.execute(select(process_notes))).all() == [], "nor another practice"
    async with database_.within(practice) as connection:
        await state_authors(connection, [noted["mira"].id])
        assert len((await connection.execute(select(process_notes))).all()) == 1


async def test_what_is_stated_ends_with_its_transaction(noted: Cast, database_: Database) -> None:
    practice = noted.practice.id
    single = Database(database_.connect, size=1)
    async with single.within(practice) as connection:
        await state_authors(connection, [noted["mira"].id])
    async with single.within(practice) as connection:
        assert (await connection.execute(select(process_notes))).all() == []
    await single.close()


async def test_nobody_writes_a_note_in_anothers_name(noted: Cast, database_: Database) -> None:
    practice = noted.practice.id
    async with database_.within(practice) as connection:
        await state_authors(connection, [noted["mira"].id])
        with pytest.raises(DBAPIError, match="row-level security"):
            await connection.execute(update(process_notes).values(author_id=noted["eli"].id))


async def test_the_law_of_authors_is_written_as_the_database_writes_it(database_: Database) -> None:
    """Otherwise each start would lock the table to write the same once more."""
    asked = text(
        "select pg_get_expr(polqual, polrelid) from pg_policy where polrelid = 'process_notes'::regclass"
    )
    async with database_.anywhere() as connection:
        rule = str(await connection.scalar(asked))
    both = re.fullmatch(r"\((\(practice_id = ANY .*\)) AND (\(author_id = ANY .*\))\)", rule)
    assert both is not None
    said = law_of("row_security").replace("''", "'")
    assert both[1] in said
    assert both[2] in said


async def test_a_version_of_a_progress_note_is_changed_by_nobody_who_serves(
    noted: Cast, database_: Database
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database_.within(noted.practice.id) as connection:
            await connection.execute(update(progress_notes).values(sealed=b"other words"))


async def test_of_two_keys_that_are_made_at_once_the_first_that_is_kept_is_the_authors(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "linden", Deed.NOTE)
    office = cast.office
    first, second = [
        OwnerKey(own_key_id(held.person), await office.keyring.wrapped_new(held.practice)) for _ in "ab"
    ]
    for one in (first, second):
        await office.memory.process_notes.keep_key(held, one, office.clock())
    kept = await office.memory.keys.wrapped_key(held.practice, own_key_id(held.person))
    assert kept == first.wrapped
    assert await own_key_made(office, held) is await own_key_made(office, held)
