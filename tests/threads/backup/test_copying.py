"""A copy has every table and every number that counts by itself, in an order in which it can be laid in again."""

import asyncpg
import pytest

from tests.conftest import TestDatabase
from threads.backup.copying import PASSING, CannotBackUp, in_order, standing_still
from threads.database import connector
from threads.tables.whole import metadata


async def test_no_table_and_no_sequence_is_left_out(database: TestDatabase) -> None:
    async with standing_still(connector(**database.accesses.backup.connect_kwargs())) as source:
        header = await source.header("test")
    names = [table.name for table in header.tables]
    assert set(names) == metadata.tables.keys() - set(PASSING)
    for table in (one for one in metadata.sorted_tables if one.name not in PASSING):
        said = next(one for one in header.tables if one.name == table.name)
        assert set(said.columns) == {column.name for column in table.columns}
        assert all(
            names.index(key.column.table.name) < names.index(table.name)
            for key in table.foreign_keys
            if key.column.table is not table
        )
    owner = await asyncpg.connect(**database.accesses.owner.connect_kwargs())
    try:
        counting = await owner.fetchval("select count(*) from pg_class where relkind = 'S'")
        identities = await owner.fetchval("select count(*) from pg_attribute where attidentity <> ''")
    finally:
        await owner.close()
    assert counting == identities, "a sequence that belongs to no column would be forgotten"


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_a_role_that_row_security_binds_copies_nothing(database: TestDatabase, role: str) -> None:
    access = getattr(database.accesses, role)
    with pytest.raises(CannotBackUp, match="BYPASSRLS"):
        async with standing_still(connector(**access.connect_kwargs())):
            pass


def test_a_circle_of_tables_is_refused() -> None:
    assert in_order({"b": {"a"}, "a": set(), "installation": set()}) == ["installation", "a", "b"]
    with pytest.raises(CannotBackUp):
        in_order({"a": {"b"}, "b": {"a"}})
