"""All rows of the database, as they stood at one moment, while servers go on writing.

One transaction (REPEATABLE READ, read only) sees one moment; rows come by COPY, which waits for whoever takes them. With
`row_security = off` PostgreSQL refuses, where row security would have hidden something (documentation: Row Security
Policies); a copy that silently lacks a practice cannot come about.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import asyncpg

from messaging.backup.frames import DATA, END, HEADER, TABLE, frame
from messaging.backup.header import Header, TableSaid, Tell
from threads.database import Connect
from threads.schema import steps_known

FIRST: Final = ("installation", "practices", "data_keys")
"""Before all others: who looks through a backup opens rows as they come."""
OURS_NOT: Final = "alembic_version"
"""What alembic keeps for itself; the header says it."""
PASSING: Final = ("export_chunks", "exports")
"""Gone within a day: were they in a backup, they would be there for as long as that is kept. Who wants one asks anew."""

Feed = Callable[[bytes], object]


class CannotBackUp(Exception):
    """One line for the operator."""


_TABLES: Final = """
select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
   and c.relname <> 'alembic_version' and c.relname <> all($1::text[])
 group by c.relname order by c.relname
"""
_REFERS: Final = """
select conrelid::regclass::text as child, confrelid::regclass::text as parent from pg_constraint
 where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid
"""
_IDENTITIES: Final = """
select c.relname as table, a.attname as column, pg_get_serial_sequence(format('public.%I', c.relname), a.attname) as sequence
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attidentity <> ''
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
"""


class Source:
    """The database at one moment."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def installation_key(self) -> bytes:
        """Wrapped. Raises CannotBackUp where nothing was set up yet."""
        found = await self._connection.fetchval("select wrapped_key from installation")
        if found is None:
            raise CannotBackUp("there is nothing to back up yet: this server has never been started")
        return bytes(found)

    async def header(self, program: str) -> Header:
        """What it holds, counted."""
        schema = await self._connection.fetchval("select version_num from alembic_version")
        if schema not in steps_known():
            raise CannotBackUp(f"the database schema ({schema}) is newer than this program")
        tables = []
        for name, columns in await self._tables():
            count = await self._connection.fetchval(f"select count(*) from {quoted(name)}")  # noqa: S608 - of the catalogue
            tables.append(TableSaid(name, tuple(columns), int(count)))
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return Header(
            program=program, schema=schema, at=at, tables=tuple(tables), sequences=await self._sequences()
        )

    async def copy(self, header: Header, feed: Feed, tell: Tell) -> None:
        """All frames. Raises CannotBackUp."""
        feed(frame(HEADER, header.encoded()))
        for table in header.tables:
            tell(table.name, table.rows)
            feed(frame(TABLE, table.name.encode()))
            said = await self._connection.copy_from_query(
                _query(table), output=_framed(feed), format="binary"
            )
            if said != f"COPY {table.rows}":
                raise CannotBackUp(f"{table.name}: {said}, and {table.rows} rows were counted")
        feed(frame(END))

    async def _tables(self) -> Sequence[tuple[str, Sequence[str]]]:
        columns = {row["name"]: row["columns"] for row in await self._connection.fetch(_TABLES, PASSING)}
        parents: dict[str, set[str]] = {name: set() for name in columns}  # bound: one for each table
        for row in await self._connection.fetch(_REFERS):
            if row["child"] not in PASSING:
                parents[row["child"]].add(row["parent"])
        return [(name, columns[name]) for name in in_order(parents)]

    async def _sequences(self) -> dict[str, int]:
        found: dict[str, int] = {}  # bound: one for each column that counts by itself
        for row in await self._connection.fetch(_IDENTITIES):
            last = await self._connection.fetchrow(f"select last_value, is_called from {row['sequence']}")  # noqa: S608
            if last["is_called"]:
                found[f"{row['table']}.{row['column']}"] = int(last["last_value"])
        return found


@asynccontextmanager
async def standing_still(connect: Connect) -> AsyncIterator[Source]:
    """The database as it is now, for as long as it takes. Raises CannotBackUp."""
    connection = await connect()
    try:
        if not await looks_past_row_security(connection):
            raise CannotBackUp(
                "QUIETLINE_BACKUP_URL: the role sees no practice; name one with BYPASSRLS (docs/restoring.md)"
            )
        await connection.execute("set row_security = off")
        await connection.transaction(isolation="repeatable_read", readonly=True).start()
        if not await connection.fetchval("select to_regclass('alembic_version') is not null"):
            raise CannotBackUp("there is nothing to back up yet: the database is empty")
        yield Source(connection)
    finally:
        # Without a word: it only read, and one whose rows nobody takes any more may be in the middle of a COPY, and would
        # have to be waited for (a disk that was full held a backup for ever).
        connection.terminate()


async def looks_past_row_security(connection: asyncpg.Connection) -> bool:
    """Whether this role sees every practice."""
    asked = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    return bool(await connection.fetchval(asked))


def in_order(parents: dict[str, set[str]]) -> list[str]:
    """Tables, each after all that it refers to."""
    ordered: list[str] = [name for name in FIRST if name in parents]
    while len(ordered) < len(parents):  # bound: the tables; each turn places one at least, or raises
        ready = sorted(name for name in parents if name not in ordered and parents[name] <= set(ordered))
        if not ready:
            raise CannotBackUp("tables refer to each other in a circle")
        ordered += ready
    return ordered


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def _query(table: TableSaid) -> str:
    columns = ", ".join(map(quoted, table.columns))
    # A chain is walked as it comes.
    order = " order by practice_id, seq" if table.name == "trail" else ""
    return f"select {columns} from {quoted(table.name)}{order}"  # noqa: S608 - names of the catalogue


def _framed(feed: Feed) -> Callable[[bytes], Awaitable[None]]:
    async def take(rows: bytes) -> None:
        feed(frame(DATA, bytes(rows)))

    return take
