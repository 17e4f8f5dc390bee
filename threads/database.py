"""The database as the rest of this floor uses it: pools, the tenant's transaction, and what must be true to serve.

The practice is stated here (and by the writer's own function), and only for the length of a transaction: a plain SET would
leak through the pool to the next borrower.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
from sqlalchemy import AdaptedConnection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from messaging.errors import Busy, Conflict, Refusal
from threads.connection.limits import Limits
from threads.connection.link import Link
from threads.connection.outages import Meaning, is_outage, meaning_of

POOL: Final = 10
"""Connections for pages and jobs; the writer and the bell hold their own."""

Connect = Callable[[], Coroutine[Any, Any, asyncpg.Connection]]


@dataclass(frozen=True, slots=True)
class Connector:
    """How to open one connection with our limits, whatever the pool. `node`: whose it is, where that matters to others."""

    access: Mapping[str, Any] = field(repr=False)
    """The arguments of `asyncpg.connect` that say where the database is, and as whom."""
    limits: Limits
    node: str = ""

    async def __call__(self) -> asyncpg.Connection:
        """A new one."""
        return await asyncpg.connect(
            timeout=self.limits.connect,
            command_timeout=self.limits.command,
            connection_class=Link,
            server_settings={
                "application_name": named_for(self.node),
                "timezone": "UTC",
                "statement_timeout": str(self.limits.statement_ms),
                "lock_timeout": str(self.limits.lock_ms),
                "jit": "off",
            },
            **self.access,
        )


class NotFitToServe(Exception):
    """The database would lose or leak words as it is configured. Its text is one line for the operator."""


def named_for(node: str) -> str:
    """What the database calls the connections of a node; of a release before 0.2 it is the first word alone."""
    return f"quietline {node}".rstrip()


def connector(
    dsn: str | None = None, limits: Limits | None = None, *, node: str = "", **access: Any
) -> Connector:
    """To the database of a DSN, or of these arguments."""
    return Connector(access if dsn is None else {"dsn": dsn, **access}, limits or Limits(), node)


def engine(
    connect: Connect, size: int = POOL, limits: Limits | None = None, *, begins: bool = True
) -> AsyncEngine:
    """A pool over `connect`. Dead connections are noticed when borrowed (the database may have been restarted).

    `begins`: SQLAlchemy begins the transactions; else who borrows does.
    """
    made = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        isolation_level=None if begins else "AUTOCOMMIT",
        pool_size=size,
        max_overflow=0,
        pool_timeout=(limits or Limits()).pool,
        pool_pre_ping=False,
        hide_parameters=True,
    )
    event.listen(made.sync_engine, "checkout", _alive)
    return made


def _alive(borrowed: DBAPIConnection, _record: object, _proxy: object) -> None:
    """Raised here, the pool opens another in its place. A ping would cost every borrower a round trip.

    A server that stops or dies closes its sockets, which the loop has seen before anybody asks again.
    """
    if cast("AdaptedConnection", borrowed).driver_connection.is_closed():
        raise DisconnectionError


class Database:
    """The app role's pool and its raw connections."""

    def __init__(self, connect: Connect, limits: Limits | None = None, size: int = POOL) -> None:
        self.connect = connect
        self.limits = limits or Limits()
        self.engine = engine(connect, size, self.limits, begins=False)

    @asynccontextmanager
    async def within(self, *practices: UUID) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees these practices and no other. Commits unless it raises."""
        # One journey to the database instead of two, and none of it by way of SQLAlchemy (docs/speed.md).
        async with self._transaction(f"begin; {stating(practices)}") as connection:
            yield connection

    @asynccontextmanager
    async def anywhere(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees no practice: for the installation, the directory and the queue."""
        async with self._transaction("begin") as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[AsyncConnection]:
        """After a fault, or when cancelled, nothing more is asked of the connection.

        A rollback over one that has gone silent would wait once more as long as the command before it; and whether one is in
        a transaction would not be known. After a refusal or a conflict it is as good as before.
        """
        try:
            async with self.engine.connect() as connection:
                link = await link_of(connection)
                try:
                    await link.execute(begin)
                    yield connection
                    await link.execute("commit")
                except (
                    BaseException
                ) as fault:  # raised again: it is only looked at, for what the connection is worth now
                    if isinstance(fault, Refusal) or meaning_of(fault) is Meaning.CONFLICT:
                        await link.execute("rollback")
                    else:
                        await drop(connection)
                    raise
        except Exception as fault:  # an outage is a reason to come again, everything else is the asker's
            if is_outage(fault):
                raise Busy from fault
            raise

    async def close(self) -> None:
        """Gives the connections back, within `Limits.close`: the server may be gone without a word."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.limits.close):
                await self.engine.dispose()


async def link_of(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's own connection below it."""
    return (await connection.get_raw_connection()).driver_connection


async def drop(connection: AsyncConnection) -> None:
    """Ends a connection of the pool without a word; the next borrower gets a new one."""
    if connection.closed or connection.invalidated:
        return
    link = await link_of(connection)
    if link is not None:
        link.terminate()
    await connection.invalidate()


_STATE_AUTHORS: Final = text("select set_config('quietline.authors', :authors, true)")


def stating(practices: Iterable[UUID]) -> str:
    """The statement that says, for the rest of the transaction, which practices are seen. Safe by type."""
    return f"select set_config('quietline.practices', '{uuid_array(set(practices))}', true)"


async def state_authors(connection: AsyncConnection, authors: Iterable[UUID]) -> None:
    """Whose own notes this transaction sees, too (`sql/row_security.sql`). One that states nobody sees none."""
    await connection.execute(_STATE_AUTHORS, {"authors": uuid_array(authors)})


@asynccontextmanager
async def writing(connection: asyncpg.Connection, practices: Iterable[UUID] = ()) -> AsyncIterator[None]:
    """A transaction that sees these practices, over a connection of one's own. That is dropped after any fault: so no
    rollback is waited for.

    (`Connection.transaction` of asyncpg rolls back also over a wire that has gone silent.)
    """
    await connection.execute(f"begin; {stating(practices)}" if practices else "begin")
    yield
    await connection.execute("commit")


def uuid_array(ids: Iterable[UUID]) -> str:
    """UUIDs as an array literal. Safe by type."""
    return "{" + ",".join(map(str, ids)) + "}"


class Row(asyncpg.Record):  # type: ignore[misc]
    """A row read without SQLAlchemy, its columns as attributes as if it had been."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


async def read_within(
    connection: asyncpg.Connection, practices: Iterable[UUID], query: str, *arguments: Any
) -> list[Any]:
    """One read that sees these practices and no other, for connections of one's own. Nothing can be written by it."""
    await connection.execute(f"begin read only; {stating(practices)}")
    rows = await connection.fetch(query, *arguments, record_class=Row)
    await connection.execute("commit")
    return list(rows)


async def check_fitness(database: Database) -> None:
    """Refuses to serve over a database that would bypass row security or forget what it acknowledged."""
    async with database.anywhere() as connection:
        role = (
            await connection.execute(
                text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            )
        ).one()
        if role.rolsuper or role.rolbypassrls:
            raise NotFitToServe(
                "QUIETLINE_DATABASE_URL: the role is a superuser or bypasses row security; give Quietline an ordinary role"
            )
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            value = await connection.scalar(text(f"select current_setting('{setting}')"))
            if value == "off":
                raise NotFitToServe(
                    f"QUIETLINE_DATABASE_URL: the database runs with {setting}=off and could lose what it acknowledged"
                )
        version = int(await connection.scalar(text("select current_setting('server_version_num')")))
        if version < 150_000:
            raise NotFitToServe("QUIETLINE_DATABASE_URL: PostgreSQL 15 or newer is needed")


@asynccontextmanager
async def unless_taken(words: str) -> AsyncIterator[None]:
    """A unique index says that somebody was faster."""
    try:
        yield
    except IntegrityError as fault:
        raise Conflict(words) from fault
