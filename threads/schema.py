"""Bringing the schema up to date, and knowing how it stands to this program."""

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from threads.connection.limits import Limits
from threads.connection.outages import is_locked
from threads.law import give_rights, install
from threads.tables.whole import metadata

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

_HERE: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x51_6C_69_6E
"""Advisory lock: two servers that start at once migrate one after the other."""


LOCK_MS: Final = 5_000
"""Milliseconds a step waits for a table somebody else uses: whoever comes after it waits too, so not for long ..."""
LOCK_TRIES: Final = 12
LOCK_PAUSE: Final = 5.0
"""... and how often, and seconds between: some two minutes in all."""

MIGRATING: Final = Limits(statement_ms=0, command=None)
"""A step that rewrites a table of gigabytes takes as long as it takes; ended half-way it would only begin anew."""


SERVES_FROM: Final = "v0033"
"""Expand, then contract: programs that know this step may serve from the schema as ours is. A step that takes away what they
use raises it to the newest step of a release that does not."""
_SAID: Final = "serves programs from "


class SchemaAge(StrEnum):
    """How the schema stands to this program."""

    NONE = "none"
    OLDER = "older"
    CURRENT = "current"
    AHEAD = "ahead"
    """It has steps that this program does not know, and says that it serves it all the same (`SERVES_FROM`)."""
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class SchemaStand:
    """The newest step that has run (None: not one), and the newest that this program knows."""

    age: SchemaAge
    ran: str | None
    known: str


class NewerSchema(Exception):
    """The schema has steps that this program does not know. Its text is one line for the operator."""

    def __init__(self, stand: SchemaStand) -> None:
        super().__init__(
            f"the database schema ({stand.ran}) is newer than this program ({stand.known}): "
            "run the program that made it so, or a newer one"
        )


class NotMigrated(Exception):
    """The schema is older than this program, or not there yet; one line for the operator."""

    def __init__(self, stand: SchemaStand) -> None:
        match stand.age:
            case SchemaAge.NONE:
                state = f"the database schema is not there yet ({stand.known})"
            case SchemaAge.CURRENT | SchemaAge.AHEAD:
                state = "the role in QUIETLINE_DATABASE_URL does not have its rights yet"
            case SchemaAge.OLDER | SchemaAge.NEWER:
                state = f"the database schema ({stand.ran}) is older than this program ({stand.known})"
            case _:
                assert_never(stand.age)
        super().__init__(f"{state}; run: quietline migrate")


async def migrate(
    owner: AsyncEngine, lock_ms: int = LOCK_MS, tries: int = LOCK_TRIES, pause: float = LOCK_PAUSE
) -> None:
    """Runs every step that is missing and lays on the law, as the owner of the schema. Connections should be made with
    `MIGRATING`.

    Raises NewerSchema.
    """
    async with owner.connect() as connection:
        await connection.execute(text("set statement_timeout = 0"))
        await connection.execute(text("set lock_timeout = 0"))
        await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
        await connection.execute(text(f"set lock_timeout = {lock_ms:d}"))
        # Looked at once more: a newer program may have had the lock before us.
        if (await must_be_known(connection)).age is SchemaAge.AHEAD:
            return
        await connection.commit()
        log.info("the schema is brought up to date; this takes minutes where a large table is rewritten")
        while True:  # bound: `tries`, LOCK_TRIES
            try:
                # In one transaction: no table is there for a moment without its row security.
                async with connection.begin():
                    await connection.run_sync(upgrade)
                    await lay_on(connection)
            except (DBAPIError, asyncpg.PostgresError) as fault:
                tries -= 1
                if not tries or not is_locked(fault):
                    raise
                log.warning("a table is in use, the schema waits")
                await asyncio.sleep(pause)
            else:
                return


async def lay_on(connection: AsyncConnection) -> None:
    """The law, and whom all of it serves, after the steps and in their transaction."""
    await install(connection)
    # At alembic's own table and not in one of ours: a program of before looks there alone.
    await connection.execute(text(f"comment on table alembic_version is '{_SAID}{SERVES_FROM}'"))


async def let_serve(owner: AsyncEngine, role: str) -> None:
    """Gives the serving role its rights. An owner that serves itself has them (and more) already."""
    async with owner.begin() as connection:
        await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if role == await connection.scalar(text("select current_user")):
            return
        quoted = await connection.scalar(text("select quote_ident(:role)"), {"role": role})
        await give_rights(connection, str(quoted))


async def role_of(engine: AsyncEngine) -> str:
    """The role behind a pool."""
    async with engine.connect() as connection:
        return str(await connection.scalar(text("select current_user")))


async def may_serve(app: AsyncEngine) -> bool:
    """Whether the serving role has its rights."""
    asked = "select has_table_privilege('entries', 'insert') and not has_table_privilege('entries', 'update')"
    async with app.connect() as connection:
        return bool(await connection.scalar(text(asked)))


async def schema_stand(connection: AsyncConnection) -> SchemaStand:
    """How the schema stands to this program."""
    steps = steps_known()
    known, ran = steps[-1], None
    if await connection.scalar(text("select to_regclass('alembic_version') is not null")):
        ran = await connection.scalar(text("select version_num from alembic_version"))
    if ran is None:
        return SchemaStand(SchemaAge.NONE, None, known)
    if ran == known:
        return SchemaStand(SchemaAge.CURRENT, ran, known)
    if ran in steps:
        return SchemaStand(SchemaAge.OLDER, ran, known)
    # Steps are never taken away, so one that is not among ours came after them.
    said = await connection.scalar(text("select obj_description('alembic_version'::regclass, 'pg_class')"))
    serves = str(said or "").removeprefix(_SAID) in steps
    return SchemaStand(SchemaAge.AHEAD if serves else SchemaAge.NEWER, ran, known)


def steps_known() -> list[str]:
    """All steps of this program, in order, by the names of their files: most starts need no more of them than that."""
    return sorted(step.name.partition("_")[0] for step in (_HERE / "versions").glob("v*_*.py"))


async def must_be_known(connection: AsyncConnection) -> SchemaStand:
    """How the schema stands, unless this program is too old to touch it. Raises NewerSchema."""
    stand = await schema_stand(connection)
    if stand.age is SchemaAge.NEWER:
        raise NewerSchema(stand)
    return stand


def differences(connection: Connection) -> list[object]:
    """Where the migrated schema and `tables` disagree (a test proves: nowhere)."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - only a test compares
    from alembic.migration import MigrationContext  # noqa: PLC0415

    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as in `upgrade`

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Runs the steps that are missing up to one of them, in the transaction that is under way. No law is laid on."""
    config = _config()
    from alembic import command  # noqa: PLC0415 - most starts find the schema as it should be

    config.attributes["connection"] = connection
    command.upgrade(config, to)
