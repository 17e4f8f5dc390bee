"""What one borrower of a connection stated is never left to the next, however the first one ended."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import text

from messaging.errors import Malformed
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from threads.database import Database, connector, uuid_array

TIMES = 500
LEFT_OVER = text("select coalesce(current_setting('quietline.practices', true), '')")
SEEN = text("select practice_id from people union all select practice_id from conversations")
ENDS = ("well", "refused", "broken", "defect", "cancelled", "in time")


class Broken(Exception):
    """A fault of ours, within the transaction."""


async def visit(database: Database, practice: UUID, end: str) -> None:
    """Looks at what is left over and what is seen, and ends in one of the ways there are."""
    async with database.anywhere() as connection:
        assert await connection.scalar(LEFT_OVER) == ""
    async with database.within(practice) as connection:
        assert set(await connection.scalars(SEEN)) == {practice}
        match end:
            case "refused":
                raise Malformed("no")
            case "broken":
                raise Broken
            case "defect":
                await connection.execute(text("select 1 / 0"))
            case "in time":
                # Its time is over before it begins: the database is taken for away.
                async with asyncio.timeout(0):
                    await connection.execute(SEEN)
            case _:
                await connection.execute(SEEN)


@pytest.mark.parametrize("size", [1, 3])
async def test_five_hundred_borrowers_of_two_practices_leave_nothing_behind(
    cast: Cast, database: TestDatabase, size: int
) -> None:
    """Among them refused, broken, timed out and cancelled ones, cancelled wherever they happen to be."""
    chance = random.Random(20_26)
    practices = [cast.practice.id, (await found_cast(cast.house)).practice.id]
    app = Database(connector(**database.accesses.app.connect_kwargs()), size=size)
    ended = Counter[str]()

    async def one(number: int) -> None:
        end = chance.choice(ENDS)
        task = asyncio.create_task(visit(app, practices[number % 2], end))
        if end == "cancelled":
            for _ in range(chance.randrange(60)):
                await asyncio.sleep(0)
            task.cancel()
        (came,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(came, AssertionError):
            raise came
        ended[type(came).__name__] += 1

    try:
        for start in range(0, TIMES, 10):
            await asyncio.gather(*(one(number) for number in range(start, start + 10)))
    finally:
        await app.close()
    assert ended.total() == TIMES
    assert ended.keys() == {"NoneType", "CancelledError", "Malformed", "Broken", "Busy", "DBAPIError"}
    assert min(ended.values()) > 10


async def test_a_practice_stated_for_the_connection_would_be_seen(
    cast: Cast, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "threads.database.stating",
        lambda practices: f"select set_config('quietline.practices', '{uuid_array(practices)}', false)",
    )
    app = Database(connector(**database.accesses.app.connect_kwargs()), size=1)
    try:
        await visit(app, cast.practice.id, "well")
        with pytest.raises(AssertionError):
            await visit(app, cast.practice.id, "well")
    finally:
        await app.close()
