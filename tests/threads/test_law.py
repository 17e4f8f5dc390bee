"""The law of `threads/sql` in the database: all of it stands in one file, and is laid on beside servers at work."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from alembic import command as alembic
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.conftest import TestDatabase
from threads import schema
from threads.database import connector, engine
from threads.law import SUBJECTS, install, law_of
from threads.schema import NewerSchema, _config, let_serve, migrate

ASKED = {
    "function": "select pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = current_schema::regnamespace",
    "trigger": (
        "select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid "
        "where c.relnamespace = current_schema::regnamespace and not t.tgisinternal"
    ),
    "policy": "select p::text from pg_policies p where p.schemaname = current_schema",
    "forced": (
        "select concat_ws(' ', c.relname, c.relrowsecurity, c.relforcerowsecurity) from pg_class c "
        "where c.relnamespace = current_schema::regnamespace and c.relkind = 'r'"
    ),
}
LAWLESS = """
do $$
declare one record;
begin
    for one in select oid::regprocedure as named from pg_proc where pronamespace = current_schema::regnamespace loop
        execute 'drop function ' || one.named || ' cascade';
    end loop;
    for one in select policyname, tablename from pg_policies where schemaname = current_schema loop
        execute format('drop policy %I on %I', one.policyname, one.tablename);
        execute format('alter table %I disable row level security, no force row level security', one.tablename);
    end loop;
end $$
"""
WRONG = "create or replace function take_turn() returns trigger language plpgsql as 'begin return null; end'"

Catalogue = dict[str, list[str]]


async def catalogue(connection: AsyncConnection) -> Catalogue:
    """All that the database says of its law."""
    return {kind: sorted(await connection.scalars(text(asked))) for kind, asked in ASKED.items()}


@dataclass
class Aside:
    """A schema of its own in a transaction that is rolled back: with the tables of the steps, and nothing in them."""

    connection: AsyncConnection

    async def up_to(self, step: str) -> None:
        def upgrade(connection: Connection) -> None:
            config = _config()
            config.attributes["connection"] = connection
            alembic.upgrade(config, step)

        await self.connection.run_sync(upgrade)

    async def says(self, statement: str) -> None:
        await self.connection.execute(text(statement))

    async def catalogue(self) -> Catalogue:
        return await catalogue(self.connection)


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[AsyncEngine]:
    made = engine(connector(**database.accesses.owner.connect_kwargs()), size=1)
    yield made
    await made.dispose()


@pytest.fixture
async def aside(owner: AsyncEngine) -> AsyncIterator[Aside]:
    async with owner.connect() as connection:
        await connection.execute(text("create schema beside_us"))
        await connection.execute(text("set local search_path = beside_us"))
        yield Aside(connection)
        await connection.rollback()


async def test_the_law_alone_makes_all_that_is_in_force(aside: Aside) -> None:
    await aside.up_to("head")
    await install(aside.connection)
    in_force = await aside.catalogue()
    await aside.says(LAWLESS)
    await install(aside.connection)
    assert await aside.catalogue() == in_force


@pytest.mark.parametrize(
    "breach",
    [
        WRONG,
        "alter policy within_practice on entries using (true)",
        "alter policy within_practice on entries with check (true)",
        "drop policy within_practice on entries",
        "alter table entries no force row level security",
        "drop trigger queue_takes_turn on queue",
    ],
)
async def test_what_differs_is_put_right(aside: Aside, breach: str) -> None:
    await aside.up_to("head")
    await install(aside.connection)
    in_force = await aside.catalogue()
    await aside.says(breach)
    assert await aside.catalogue() != in_force
    await install(aside.connection)
    assert await aside.catalogue() == in_force


async def test_laid_on_again_it_keeps_nobody_from_reading(owner: AsyncEngine) -> None:
    async with owner.connect() as connection:
        before = await catalogue(connection)
        await install(connection)
        assert await catalogue(connection) == before
        shut = "select count(*) from pg_locks where pid = pg_backend_pid() and mode = 'AccessExclusiveLock'"
        assert await connection.scalar(text(shut)) == 0
        await connection.rollback()


async def test_what_is_in_force_stands_in_exactly_one_file(owner: AsyncEngine) -> None:
    async with owner.connect() as connection:
        functions = list(
            await connection.scalars(
                text("select proname::text from pg_proc where pronamespace = 'public'::regnamespace")
            )
        )
        triggers = list(
            await connection.scalars(text("select tgname::text from pg_trigger where not tgisinternal"))
        )
        found = await connection.execute(text("select policyname::text, tablename::text from pg_policies"))
        policies = [(policy, table) for policy, table in found]
    said = "\n".join(law_of(subject) for subject in SUBJECTS)
    # As lists: a function whose former form is still there would stand twice.
    assert sorted(functions) == sorted(re.findall(r"create or replace function (\w+)", said))
    assert sorted(triggers) == sorted(re.findall(r"create or replace trigger (\w+)", said))
    (ruled,) = re.findall(r"(?s)array\[(.*?)\]", law_of("row_security"))
    assert sorted(policies) == sorted(("within_practice", table) for table in re.findall(r"'(\w+)'", ruled))
    assert [subject for subject in SUBJECTS if "policy" in law_of(subject)] == ["row_security"]


async def test_an_older_schema_gets_the_law_of_this_program(owner: AsyncEngine) -> None:
    async with owner.connect() as connection:
        before = await catalogue(connection)
        await connection.execute(text(WRONG))
        await connection.commit()
    try:
        await migrate(owner)
        async with owner.connect() as connection:
            assert await catalogue(connection) == before
    finally:
        async with owner.begin() as connection:
            await install(connection)


async def test_the_law_of_a_newer_program_is_left_alone(
    owner: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_late(_: AsyncConnection) -> None:
        raise AssertionError("an older program laid its law on")

    monkeypatch.setattr(schema, "steps_known", lambda: ["v0001", "v0002"])
    monkeypatch.setattr(schema, "install", too_late)
    with pytest.raises(NewerSchema):
        await migrate(owner)


async def test_a_step_and_its_law_stand_or_fall_together(
    owner: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(connection: AsyncConnection) -> None:
        await connection.execute(text("select 1 / 0"))

    def adds(connection: Connection) -> None:
        connection.execute(text("create table added (n integer)"))

    monkeypatch.setattr(schema, "upgrade", adds)
    monkeypatch.setattr(schema, "install", breaks)
    with pytest.raises(Exception, match="division by zero"):
        await migrate(owner)
    async with owner.connect() as connection:
        assert await connection.scalar(text("select to_regclass('added')")) is None


async def test_a_law_over_a_table_in_use_is_laid_on_when_it_is_free(
    owner: AsyncEngine, database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    holder = await connector(**database.accesses.owner.connect_kwargs())()
    try:
        await holder.execute("begin; lock table queue in exclusive mode")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await migrate(owner, lock_ms=20, tries=2, pause=0.0)
        assert [record.message for record in caplog.records].count("a table is in use, the schema waits") == 1
        await holder.execute("rollback")
        await migrate(owner, lock_ms=20, tries=1)
    finally:
        await holder.close()


async def test_an_owner_that_serves_itself_keeps_its_rights_and_the_serving_role_gets_its_own(
    owner: AsyncEngine, database: TestDatabase
) -> None:
    rights = text(
        "select relname::text, relacl::text from pg_class where relnamespace = 'public'::regnamespace order by 1"
    )

    async def given() -> list[tuple[str, str]]:
        async with owner.connect() as connection:
            return [(name, acl) for name, acl in await connection.execute(rights)]

    before = await given()
    await let_serve(owner, database.accesses.owner.user)
    assert await given() == before
    async with owner.begin() as connection:
        await connection.execute(text(f"grant delete on entries to {database.accesses.app.user}"))
    await let_serve(owner, database.accesses.app.user)
    assert await given() == before
