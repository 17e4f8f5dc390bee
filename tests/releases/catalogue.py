"""What a program relies on in its database: tables, columns, functions, and what its rows must fulfil."""

from typing import Any

import asyncpg

COLUMNS = """
select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       a.attnotnull and not a.atthasdef and a.attidentity = '' as asked
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
FUNCTIONS = """
select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name, pg_get_function_result(p.oid) as type
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where n.nspname = 'public' and p.prokind = 'f'
"""
RULES = """
select c.relname || ': ' || pg_get_constraintdef(k.oid) as name
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and k.contype in ('c', 'u', 'x', 'f')
union all
select c.relname || ': ' || regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', 'unique ')
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and i.indisunique and not i.indisprimary
"""


async def catalogue(connection: asyncpg.Connection) -> dict[str, Any]:
    """Columns with their types and whether a writer must give them; functions with what they return; rules of rows."""
    return {
        "columns": {one["name"]: [one["type"], one["asked"]] for one in await connection.fetch(COLUMNS)},
        "functions": {one["name"]: one["type"] for one in await connection.fetch(FUNCTIONS)},
        "rules": sorted({one["name"] for one in await connection.fetch(RULES)}),
    }


def narrowed(before: dict[str, Any], now: dict[str, Any]) -> set[str]:
    """What the program of before would stumble over, that runs beside this one while nodes are changed one by one."""
    columns, functions = now["columns"], now["functions"]
    tables = {name.partition(".")[0] for name in before["columns"]}
    found = set()
    for name, (kind, asked) in before["columns"].items():
        if name not in columns or columns[name][0] != kind:
            found.add(f"column {name}")
        elif columns[name][1] and not asked:
            found.add(f"asked for: {name}")
    for name, (_, asked) in columns.items():
        if asked and name not in before["columns"] and name.partition(".")[0] in tables:
            found.add(f"asked for: {name}")
    found |= {f"function {name}" for name, kind in before["functions"].items() if functions.get(name) != kind}
    rules = set(now["rules"]) - set(before["rules"])
    return found | {f"rule {name}" for name in rules if name.partition(":")[0] in tables}
