"""A file of twenty megabytes in a record: nobody waits for it, whatever form it is handed out in."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from messaging.exporting.making import make_next
from messaging.exporting.record import ExportFormat
from messaging.ids import ExportId
from messaging.memory.exporting import ExportState, NewExport
from messaging.messages import AttachmentNote, Body, Channel
from messaging.record.files import attachment_place
from tests.callbacks import callbacks
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase, own_database
from tests.web.every_state import Line, World
from threads.tables.record import attachments
from web.exporting.in_the_background import form_of
from web.house import house
from web.serve import settle_memory

SIZE = 20_000_000
MOST = 0.05
"""Seconds of the loop's own time for one callback."""


async def with_a_large_file(cast: Cast) -> None:
    practice, conversation = cast.practice.id, cast.conversation("ruth")
    note = AttachmentNote(uuid4(), "scan.pdf", "application/pdf", SIZE)
    world = World(cast, {"ruth": conversation}, {"ruth": [cast["ruth"]]})
    await world.write("ruth", [Line(cast["ruth"].id, Body("Look.", attachments=(note,)), Channel.EMAIL)])
    key = await cast.office.keyring.key(practice, conversation)
    sealed = cast.office.keyring.seal(
        key, attachment_place(practice, conversation, note.id), bytes(range(250)) * (SIZE // 250)
    )
    kept = {"id": note.id, "conversation_id": conversation, "number": 1, "size": SIZE, "sealed": sealed}
    await world.rows(attachments, [kept])


@pytest.fixture
def settled() -> Iterator[None]:
    """Memory as a server leaves it once it has started."""
    before = gc.get_threshold()
    settle_memory()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("settled")
def test_no_callback_takes_long(tmp_path: Path) -> None:
    async def drive(database: TestDatabase) -> dict[str, float]:
        async with house(database.settings()) as built:
            cast = await found_cast(built)
            await with_a_large_file(cast)
            held, _ = await cast.enter("mira", "ruth")
            with callbacks() as seen:
                for form in ExportFormat:
                    new = NewExport(ExportId(uuid4()), form.value, uuid4(), cast.office.clock())
                    assert await cast.office.memory.exports.ask(held, new, 1)
                    assert await seen.drive(form, make_next(cast.office, form_of))
                    made = await cast.office.memory.exports.find(cast.practice.id, held.person, new.id)
                    assert made is not None
                    assert (made.state, made.octets > SIZE) == (ExportState.READY, True)
            return {form: spent for form, (spent, _) in seen.worst.items()}

    with own_database(tmp_path / "own") as database:
        spent = asyncio.run(drive(database))
    assert spent.keys() == set(ExportFormat)
    assert max(spent.values()) < MOST, spent
