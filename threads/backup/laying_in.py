"""A backup laid into an empty database: whole, in one transaction, or not at all.

The tables are made by our own steps up to the one the backup was made at, filled, and then brought up to date like any
older database. So a backup can be restored into another release of PostgreSQL, and by every later program.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.backup.frames import DATA, END, TABLE, Frame
from messaging.backup.header import Header, NoBackup, NotEmpty, Tell
from threads.backup.copying import OURS_NOT, PASSING, CannotBackUp, quoted
from threads.database import Connect, engine
from threads.schema import lay_on, let_serve, role_of, steps_known, upgrade


@dataclass(frozen=True, slots=True)
class _Security:
    """How a table's rows are seen."""

    name: str
    enabled: bool
    forced: bool


_ANYTHING: Final = """
select exists (select from pg_class
               where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S', 'f'))
"""
_SECURITY: Final = """
select relname, relrowsecurity, relforcerowsecurity from pg_class
 where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'alembic_version'
   and relname <> all(:passing)
"""


async def lay_in(owner: Connect, app: Connect, header: Header, rest: Iterator[Frame], tell: Tell) -> None:
    """Raises NotEmpty, NoBackup, CannotBackUp; then nothing was changed."""
    if header.schema not in steps_known():
        raise NoBackup(f"the backup is of a newer program (schema {header.schema}); restore it by that one")
    owning, serving = engine(owner, size=1), engine(app, size=1)
    try:
        async with owning.begin() as connection:
            if not await connection.scalar(text("select has_schema_privilege('public', 'create')")):
                raise CannotBackUp(
                    "--database-url: this role may make no tables there: name the one that owns the database"
                )
            if await connection.scalar(text(_ANYTHING)):
                raise NotEmpty("the database is not empty: a backup is restored only where nothing is")
            await connection.run_sync(upgrade, header.schema)
            security = await _opened_up(connection)
            if {one.name for one in security} != {table.name for table in header.tables}:
                raise NoBackup("the backup's tables are not those of its schema")
            await _fill(connection, header, rest, tell)
            await _closed(connection, security)
            await connection.run_sync(upgrade)
            await lay_on(connection)
        await let_serve(owning, await role_of(serving))
    finally:
        await owning.dispose()
        await serving.dispose()


async def _opened_up(connection: AsyncConnection) -> list[_Security]:
    """COPY takes no table with row security, and what triggers did is in the rows already."""
    found = [_Security(*row) for row in await connection.execute(text(_SECURITY), {"passing": list(PASSING)})]
    for one in found:
        await connection.exec_driver_sql(
            f"alter table {quoted(one.name)} disable row level security, no force row level security, disable trigger user"
        )
    return found


async def _closed(connection: AsyncConnection, security: list[_Security]) -> None:
    for one in security:
        how = ["enable trigger user"]
        how += ["enable row level security"] if one.enabled else []
        how += ["force row level security"] if one.forced else []
        await connection.exec_driver_sql(f"alter table {quoted(one.name)} {', '.join(how)}")


async def _fill(connection: AsyncConnection, header: Header, rest: Iterator[Frame], tell: Tell) -> None:
    raw: Any = (await connection.get_raw_connection()).driver_connection
    reading = _Reading(rest)
    for table in header.tables:
        tell(table.name, table.rows)
        reading.begin(table.name)
        said = await raw.copy_to_table(
            table.name, source=reading.rows(), columns=list(table.columns), format="binary"
        )
        if said != f"COPY {table.rows}":
            raise NoBackup(f"the backup lacks rows of {table.name}")
    reading.end()
    for name, last in header.sequences.items():
        owner, _, column = name.partition(".")
        if owner == OURS_NOT or not any(owner == table.name for table in header.tables):
            raise NoBackup("the backup's sequences are not those of its tables")
        await connection.execute(
            text("select setval(pg_get_serial_sequence(:owner, :column), :last)"),
            {"owner": f"public.{quoted(owner)}", "column": column, "last": last},
        )


class _Reading:
    """Frames, a table at a time; the one that follows is held until it is asked for."""

    def __init__(self, rest: Iterator[Frame]) -> None:
        self._rest = rest
        self._next = next(rest, (END, b""))

    def begin(self, name: str) -> None:
        if self._next != (TABLE, name.encode()):
            raise NoBackup("the backup's tables are not in their order")

    async def rows(self) -> AsyncIterator[bytes]:
        while (following := next(self._rest, (END, b"")))[0] == DATA:
            yield following[1]
        self._next = following

    def end(self) -> None:
        """To the very end: whether it is whole is known there only."""
        if self._next[0] != END or next(self._rest, None) is not None:
            raise NoBackup("the backup holds more than it says")
