"""The second fence, tried alone: what the program asks of the database is kept, its conditions on the practice are taken
out, and it is asked again as another practice.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from threads.connection.link import Link
from threads.database import Database, state_authors, uuid_array
from threads.tables.whole import metadata

KEPT: Final = 24
"""Of one statement so many askings, the first and the last: some were about what is not there."""
CONDITION: Final = re.compile(
    r"(?:\w+\.)?\bpractice_id = (?:(?P<given>\$\d+)(?:::\w+)?|(?:\w+\.)?practice(?:_id)?\b)", re.IGNORECASE
)
TENANT: Final = {table.name: table for table in metadata.sorted_tables if "practice_id" in table.c}
OUTSIDE: Final = {"directory", "queue"}
"""They have a practice's id and no row security: keyed hashes, ids and times (threads/sql/row_security.sql)."""
ASKED_WITHIN: Final = "select set_config('quietline.practices', :practices, true)"


@dataclass(frozen=True)
class Asked:
    """One statement as the driver got it, and with what."""

    sql: str
    parameters: tuple[Any, ...]

    @property
    def open(self) -> str:
        """Without one condition on the practice. What was given for it is still named: its type is wanted."""
        return CONDITION.sub(lambda m: f"{m['given']}::uuid is not null" if m["given"] else "true", self.sql)

    @property
    def mutated(self) -> bool:
        return self.open != self.sql

    @property
    def only_reads(self) -> bool:
        return self.sql.lstrip()[:6].lower() == "select"

    @property
    def tables(self) -> set[str]:
        """Those with a practice that it names."""
        return {name for name in TENANT if re.search(rf"\b{name}\b", self.sql)}


@dataclass
class Heard:
    """All that was asked while somebody listened."""

    statements: dict[str, list[Asked]] = field(default_factory=dict)  # bound: the statements of the program

    def add(self, sql: str, parameters: Sequence[Any]) -> None:
        of_it, asked = self.statements.setdefault(sql, []), Asked(sql, tuple(parameters))
        if asked not in of_it:
            of_it.append(asked)
        del of_it[KEPT // 2 : len(of_it) - KEPT // 2]

    def about_practices(self) -> list[list[Asked]]:
        """Those that name a table behind the fence, but those that say themselves which practice they are about."""
        return [
            asked
            for sql, asked in self.statements.items()
            if asked[-1].tables - OUTSIDE and "set_config" not in sql
        ]


@contextmanager
def listening(patch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """Hears what goes through SQLAlchemy, and what asks the driver itself."""
    heard = Heard()

    def before(_c: object, _cursor: object, sql: str, given: Any, _context: object, many: bool) -> None:
        heard.add(sql, (given[0] if given else ()) if many else given)

    def told(name: str) -> Any:
        real = getattr(Link, name)

        async def asks(self: Link, query: str, *given: Any, **more: Any) -> Any:
            heard.add(query, given)
            return await real(self, query, *given, **more)

        return asks

    event.listen(Engine, "before_cursor_execute", before)
    try:
        with patch.context() as patched:
            for name in ("fetch", "fetchrow", "fetchval", "execute"):
                patched.setattr(Link, name, told(name))
            yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", before)


@dataclass
class Fence:
    """Asks what was heard again, as one practice, and looks for another's."""

    database: Database
    other: UUID
    marks: frozenset[Any]
    """Ids and sealed bytes that stand in rows of the other practice and nowhere else."""
    authors: frozenset[UUID]
    """All people of the other practice: their own notes are hidden by nothing but the practice here."""

    async def again(self, asked: Asked, stated: UUID) -> "Came":
        """What comes back without the conditions, and whether the other practice is as it was. Nothing of it is kept."""
        async with self.database.anywhere() as connection:
            before = [] if asked.only_reads else await self._stand(connection)
            within = await connection.begin_nested()
            await connection.execute(text(ASKED_WITHIN), {"practices": uuid_array([stated])})
            await state_authors(connection, self.authors)
            came = await _asked(connection, asked)
            if not came.refused and not asked.only_reads:
                came.changed = await self._stand(connection) != before
            await within.rollback()
        came.told = self.marks & came.values
        return came

    async def _stand(self, connection: AsyncConnection) -> list[tuple[Any, ...]]:
        """A sum over every row of the other practice."""
        sums = " union all ".join(
            f"select '{name}', count(*), sum(hashtextextended(t::text, 0)) from {name} t where practice_id = :other"
            for name in sorted(TENANT.keys() - OUTSIDE)
        )
        looked = await connection.begin_nested()
        await connection.execute(text(ASKED_WITHIN), {"practices": uuid_array([self.other])})
        await state_authors(connection, self.authors)
        stand = [tuple(row) for row in await connection.execute(text(sums), {"other": self.other})]
        await looked.rollback()
        return stand


@dataclass
class Came:
    """What became of one asking."""

    values: set[Any] = field(default_factory=set)
    refused: str = ""
    changed: bool = False
    told: frozenset[Any] = frozenset()

    @property
    def through(self) -> bool:
        """Something of the other practice was told, or became different."""
        return self.changed or bool(self.told)


async def _asked(connection: AsyncConnection, asked: Asked) -> Came:
    try:
        result = await connection.exec_driver_sql(asked.open, asked.parameters)
    except IntegrityError as fault:
        return Came(refused=str(fault.orig).partition("\n")[0])
    except DBAPIError as fault:
        if "row-level security" not in str(fault.orig):
            raise
        return Came(refused="row-level security")
    rows = result.all() if result.returns_rows else []
    return Came({one for row in rows for value in row for one in _plain(value)})


def _plain(value: Any) -> Iterator[Any]:
    """What can be a mark."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _plain(one)
    elif isinstance(value, UUID):
        yield value
    elif hasattr(value, "bytes") and len(value.bytes) == 16:
        yield UUID(bytes=value.bytes)
    elif isinstance(value, bytes) and len(value) >= 16:
        yield value


async def marks_of(database: Database, practice: UUID) -> set[Any]:
    """Every id and every sealed value that stands in its rows; by its name and not by the fence, which is tried here."""
    found = set[Any]()
    everybody = await people_of(database, practice)
    async with database.within(practice) as connection:
        await state_authors(connection, everybody)
        for name in TENANT.keys() - OUTSIDE:
            table = TENANT[name]
            for row in await connection.execute(select(table).where(table.c.practice_id == practice)):
                found |= {one for value in row for one in _plain(value)}
    return found


async def people_of(database: Database, practice: UUID) -> frozenset[UUID]:
    """All ids of people of a practice."""
    people = TENANT["people"]
    async with database.within(practice) as connection:
        return frozenset(
            await connection.scalars(select(people.c.id).where(people.c.practice_id == practice))
        )
