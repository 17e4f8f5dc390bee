"""The database as the rest of this floor uses it: pools, the tenant's transaction, and what must be true to serve.

The practice is stated here (and by the writer's own function), and only for the length of a transaction: a plain SET would
leak through the pool to the next borrower.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
from sqlalchemy import AdaptedConnection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from messaging.errors import Busy

POOL: Final = 10
"""Connections for pages and jobs; the writer and the bell hold their own."""
CONNECT_TIMEOUT: Final = 10.0
STATEMENT_TIMEOUT_MS: Final = 15_000
LOCK_TIMEOUT_MS: Final = 5_000

Connect = Callable[[], Coroutine[Any, Any, asyncpg.Connection]]


class NotFitToServe(Exception):
    """The database would lose or leak words as it is configured. Its text is one line for the operator."""


def connector(dsn: str | None = None, **access: Any) -> Connect:
    """How to open one connection with our limits, whatever the pool."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(
            dsn,
            timeout=CONNECT_TIMEOUT,
            server_settings={
                "application_name": "quietline",
                "timezone": "UTC",
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "jit": "off",
            },
            **access,
        )

    return connect


def engine(connect: Connect, size: int = POOL) -> AsyncEngine:
    """A pool over `connect`. Dead connections are noticed when borrowed (the database may have been restarted)."""
    made = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_timeout=10,
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

    def __init__(self, connect: Connect) -> None:
        self.connect = connect
        self.engine = engine(connect)

    @asynccontextmanager
    async def within(self, *practices: UUID) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees these practices and no other. Commits unless it raises."""
        async with self.anywhere() as connection:
            await connection.execute(_STATE, {"practices": uuid_array(practices)})
            yield connection

    @asynccontextmanager
    async def anywhere(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees no practice: for the installation, the directory and the queue."""
        try:
            async with self.engine.begin() as connection:
                yield connection
        except (InterfaceError, OSError, TimeoutError) as fault:
            raise Busy from fault
        except DBAPIError as fault:
            if fault.connection_invalidated or is_outage(fault.orig):
                raise Busy from fault
            raise

    async def close(self) -> None:
        """Gives the connections back."""
        await self.engine.dispose()


_STATE: Final = text("select set_config('quietline.practices', :practices, true)")


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
    stated = f"select set_config('quietline.practices', '{uuid_array(set(practices))}', true)"
    await connection.execute(f"begin read only; {stated}")
    rows = await connection.fetch(query, *arguments, record_class=Row)
    await connection.execute("commit")
    return list(rows)


def is_outage(fault: BaseException | None) -> bool:
    """Whether the database was away or stopping, so that the same request may succeed a moment later.

    asyncpg also raises a plain `InternalClientError` when the server dies under a running query.
    """
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        if isinstance(fault, _OUTAGES):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


_OUTAGES: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
)


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
                "the database role is a superuser or bypasses row security; give Quietline an ordinary role"
            )
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            value = await connection.scalar(text(f"select current_setting('{setting}')"))
            if value == "off":
                raise NotFitToServe(
                    f"the database runs with {setting}=off and could lose what it acknowledged"
                )
        version = int(await connection.scalar(text("select current_setting('server_version_num')")))
        if version < 150_000:
            raise NotFitToServe("PostgreSQL 15 or newer is needed")
