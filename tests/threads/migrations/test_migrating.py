"""Bringing the schema up to date beside what is large and what is in use."""

import asyncio

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from tests.conftest import TestDatabase
from threads import schema
from threads.connection.limits import Limits
from threads.database import connector, engine
from threads.schema import _config, migrate, steps_known
from web.house_database import database as connections

IN_USE = 771
"""A lock that somebody holds, in the place of a table's."""
IMPATIENT = Limits(statement_ms=50, lock_ms=50)


async def test_a_step_may_take_longer_than_any_statement_of_the_server(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rewrite(connection: Connection) -> None:
        connection.execute(text("select pg_sleep(0.2)"))

    monkeypatch.setattr(schema, "upgrade", rewrite)
    owner = engine(connector(limits=IMPATIENT, **database.accesses.owner.connect_kwargs()), size=1)
    await migrate(owner)
    await owner.dispose()


async def test_connections_that_migrate_have_no_limit_for_a_command(database: TestDatabase) -> None:
    async with connections(database.settings().database, beside=False) as (owner, app, _):
        for connect, shown in ((owner, "0"), (app, "15s")):
            connection = await connect()
            assert await connection.fetchval("show statement_timeout") == shown
            assert (connection._config.command_timeout is None) is (shown == "0")
            await connection.close()


async def test_a_table_in_use_is_waited_for_and_asked_for_again(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()
    loop = asyncio.get_running_loop()

    def needs_the_table(connection: Connection) -> None:
        loop.call_soon(tried.set)
        connection.execute(text(f"select pg_advisory_xact_lock({IN_USE})"))

    monkeypatch.setattr(schema, "upgrade", needs_the_table)
    connect = connector(**database.accesses.owner.connect_kwargs())
    holder, owner = await connect(), engine(connect, size=1)
    try:
        await holder.execute(f"select pg_advisory_lock({IN_USE})")
        with pytest.raises(DBAPIError):
            await migrate(owner, lock_ms=20, tries=2, pause=0.0)
        tried.clear()
        migrating = asyncio.create_task(migrate(owner, lock_ms=20, tries=1_000, pause=0.01))
        await tried.wait()
        await holder.execute(f"select pg_advisory_unlock({IN_USE})")
        await migrating
    finally:
        holder.terminate()
        await owner.dispose()


def test_the_steps_are_known_by_the_names_of_their_files() -> None:
    steps = ScriptDirectory.from_config(_config())
    assert steps_known() == [step.revision for step in reversed(list(steps.walk_revisions()))]
