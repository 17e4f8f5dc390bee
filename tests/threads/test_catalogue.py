"""The fence as the database itself describes it: every table of a practice is behind it, and nobody we are passes it."""

from typing import Any

from sqlalchemy import text

from tests.conftest import TestDatabase
from threads.database import Database, connector
from threads.tables.whole import metadata

OPEN = {"directory", "queue"}
"""They name a practice and are read before it is known: keyed hashes, ids and times (threads/sql/row_security.sql)."""


async def asked(database: TestDatabase, query: str) -> list[Any]:
    app = Database(connector(**database.accesses.app.connect_kwargs()), size=1)
    try:
        async with app.anywhere() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]
    finally:
        await app.close()


OF_A_PRACTICE = """
select c.relname::text, c.relrowsecurity, c.relforcerowsecurity, count(p.*),
       coalesce(bool_and(p.polpermissive and p.polcmd = '*' and 0 = any(p.polroles)
                         and pg_get_expr(p.polqual, c.oid) = pg_get_expr(p.polwithcheck, c.oid)), false)
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped
  left join pg_policy p on p.polrelid = c.oid
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm', 'v', 'f')
 group by c.oid, c.relname
"""


async def test_every_table_of_a_practice_is_behind_the_fence(database: TestDatabase) -> None:
    known = {table.name for table in metadata.sorted_tables if "practice_id" in table.c}
    found = {name: rest for name, *rest in await asked(database, OF_A_PRACTICE)}
    assert found.keys() == known
    assert {name for name, rest in found.items() if rest != [True, True, 1, True]} == OPEN
    assert len(known - OPEN) > 20


async def test_no_reference_can_leave_its_practice(database: TestDatabase) -> None:
    """PostgreSQL checks foreign keys past row security: one without the practice would find another's rows."""
    inside = {table.name for table in metadata.sorted_tables if "practice_id" in table.c}
    keys = [
        (table.name, key.elements[0].column.table.name, [column.name for column in key.columns])
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
    ]
    assert len(keys) > 20
    assert [key for key in keys if key[0] in inside and "practice_id" not in key[2]] == []
    count = "select count(*)::int from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace"
    assert await asked(database, count) == [(len(keys),)]


async def test_the_role_that_serves_passes_no_fence(database: TestDatabase) -> None:
    role = """
        select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
               exists (select from pg_auth_members where member = r.oid),
               exists (select from pg_class where relowner = r.oid),
               exists (select from pg_proc where proowner = r.oid),
               exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
                         and has_table_privilege(r.oid, oid, 'truncate, references, trigger'))
          from pg_roles r where rolname = current_user
    """
    assert await asked(database, role) == [(False,) * 9]


async def test_nothing_lends_its_owners_rights(database: TestDatabase) -> None:
    """A view without `security_invoker`, or a function that runs as its owner, would be a hole in the fence."""
    lent = """
        select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
           and not coalesce('security_invoker=true' = any(reloptions), false)
        union all
        select proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
    """
    # Only this one, which is fenced in like its owner: `tests/threads/ending` tries it from another practice.
    assert await asked(database, lent) == [("blank_entries",)]
