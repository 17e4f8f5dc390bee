"""Acts at the terminal leave a line each, with what they were for."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.errors import Malformed
from messaging.ids import PersonId
from messaging.practice.operating import LONGEST, tokens_for, verify_trail
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector
from threads.tables.trail import trail
from web.commands.provision import Desk


async def lines(cast: Cast, database: TestDatabase) -> list[tuple[str, object]]:
    """Action and subject of each line, in order."""
    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.within(cast.practice.id) as connection:
            query = select(trail.c.action, trail.c.subject_id).where(trail.c.practice_id == cast.practice.id)
            return [
                (row.action, row.subject_id) for row in await connection.execute(query.order_by(trail.c.seq))
            ]
    finally:
        await base.close()


async def test_every_token_is_a_line_about_whose_it_is(cast: Cast, database: TestDatabase) -> None:
    before = await lines(cast, database)
    people = [cast["ruth"].id, cast["mira"].id, PersonId(uuid4())]
    made = await tokens_for(cast.office, people, timedelta(hours=1), "  a load\n test ")
    assert made.keys() == set(people[:2])
    new = (await lines(cast, database))[len(before) :]
    assert sorted(new, key=str) == sorted(
        (("token_created: a load test", one) for one in people[:2]), key=str
    )
    assert (await verify_trail(cast.office, cast.practice.id))[1] is None


@pytest.mark.parametrize(
    ("lasts", "reason"), [(LONGEST + timedelta(minutes=1), "why"), (LONGEST, " "), (LONGEST, "x" * 201)]
)
async def test_too_long_or_for_nothing_there_is_none(
    cast: Cast, database: TestDatabase, lasts: timedelta, reason: str
) -> None:
    before = await lines(cast, database)
    with pytest.raises(Malformed):
        await tokens_for(cast.office, [cast["ruth"].id], lasts, reason)
    assert await lines(cast, database) == before


async def test_a_file_is_one_line_in_each_practice_it_is_about(cast: Cast, database: TestDatabase) -> None:
    slug = cast.practice.slug
    before = await lines(cast, database)
    typed = [
        {"person": {"practice": slug, "role": "client", "username": f"p{i}-{slug}", "name": "P"}}
        for i in range(3)
    ]
    answers = [
        one async for one in Desk(cast.office, "", "moved house").run(json.dumps(one) for one in typed)
    ]
    assert not [one for one in answers if "error" in one]
    new = (await lines(cast, database))[len(before) :]
    assert [one for one in new if one[0].startswith("provisioned")] == [("provisioned: moved house", None)]
