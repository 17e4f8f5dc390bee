"""A node that makes a record is killed in the middle of it: the next begins anew, and the file is one whole record."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.exporting.chunks import open_key
from messaging.exporting.handing_on import HandedOn, octets_of
from messaging.exporting.record import ExportFormat
from messaging.ids import ExportId
from messaging.memory.exporting import ExportState, NewExport, StoredExport
from messaging.messages import Body, Channel
from messaging.office import Office
from messaging.trust.access import Pass
from tests.cast import Cast
from tests.conftest import TestDatabase, own_database, start_server
from tests.web.every_state import Line, World
from tests.web.exporting.reading_back import pieces, read_back

ENTRIES = 3_000
"""Some seconds of work: enough to be met in the middle of it."""
DEADLINE = 60.0


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One of this test's own: no other server makes it."""
    with own_database(tmp_path_factory.mktemp("killed")) as made:
        yield made


async def until(
    office: Office, held: Pass, named: ExportId, *states: ExportState, progress: int = 0
) -> StoredExport:
    async with asyncio.timeout(DEADLINE):
        while True:  # bound: DEADLINE
            found = await office.memory.exports.find(held.practice, held.person, named)
            assert found is not None
            if found.state in states and found.progress >= progress:
                return found


async def test_what_a_killed_node_was_making_is_made_by_another(database: TestDatabase, cast: Cast) -> None:
    world = World(cast, {"ruth": cast.conversation("ruth")}, {"ruth": [cast["ruth"]]})
    ruth = cast["ruth"].id
    await world.write(
        "ruth", [Line(ruth, Body(f"words-{number}"), Channel.CHAT) for number in range(1, ENTRIES + 1)]
    )
    held, _ = await cast.enter("ruth", "ruth")
    new = NewExport(ExportId(uuid4()), ExportFormat.HTML.value, uuid4(), cast.office.clock())
    await cast.office.memory.exports.ask(held, new, 1)

    first = start_server(database.environment(), "--roles", "web,jobs")
    try:
        await until(cast.office, held, new.id, ExportState.WORKING, progress=10)
    finally:
        first.process.kill()
        first.stop()
    left = await until(cast.office, held, new.id, ExportState.WORKING)
    assert (left.tries, left.sealed) == (1, None)

    base = cast.office.memory.people._database  # type: ignore[attr-defined]
    async with base.anywhere() as connection:  # a minute later
        await connection.execute(text("update queue set next_at = now() where kind = 'export'"))
    second = start_server(database.environment(), "--roles", "web,jobs")
    try:
        made = await until(cast.office, held, new.id, ExportState.READY, ExportState.FAILED)
    finally:
        second.stop()
    assert (made.state, made.tries) == (ExportState.READY, 2)
    handed = HandedOn(held, made, await open_key(cast.office, made))
    octets = await pieces(octets_of(cast.office, handed, 0, made.octets - 1))
    found = read_back(ExportFormat.HTML, octets)
    assert list(found) == list(range(1, ENTRIES + 1))
    assert all(f"words-{number}" in one.text for number, one in found.items())
