"""Exports made beside everything else a node does (role `jobs`): a few at a time, and never for long without a rest."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, assert_never

from messaging.errors import Busy
from messaging.exporting.making import Form, WholeForm, end_old, make_next, make_next_archive
from messaging.exporting.record import ExportFormat, Record
from messaging.exporting.whole import PracticeRecord, records_of
from messaging.ids import PersonId
from messaging.office import Office
from messaging.trust.access import Way
from messaging.trust.noted import Noted
from web.database_settings import DatabaseSettings
from web.exporting.as_archive import as_archive, locked
from web.exporting.writing import written
from web.key_command import keys_of
from web.state import House

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Of a node: one long record does not hold up all others, and no more memory is held than that of two files."""
LOOK: Final = 1.0
"""Seconds between looks."""
BUSY: Final = 0.005
"""Seconds of work after which everybody else has as long: at most half of a node's time goes into exports."""
REST: Final = 0.05
"""Seconds of a rest at most: a piece that took longer waited for memory, and nobody was held up."""


@asynccontextmanager
async def making_exports(house: House) -> AsyncIterator[None]:
    """Makes them until left."""
    async with asyncio.TaskGroup() as group:
        making = [
            group.create_task(house.keeper.keep(f"exports {one}", partial(make_exports, house.office)))
            for one in range(1, AT_ONCE + 1)
        ]
        archives = partial(make_archives, house.office, house.settings.database)
        making.append(group.create_task(house.keeper.keep("archives", archives)))
        try:
            yield
        finally:
            for one in making:
                one.cancel()


async def make_exports(office: Office) -> None:
    """Until cancelled. Trouble with one of them, or with the database, never ends it."""
    while True:  # bound: until cancelled; each turn works, or pauses
        try:
            if await make_next(office, form_of) or await end_old(office):
                continue
        except Busy:
            log.warning("memory is away, exports wait")
        await asyncio.sleep(LOOK)


async def make_archives(office: Office, settings: DatabaseSettings) -> None:
    """Those of whole practices, one at a time of a node. Until cancelled, as the others."""
    while True:  # bound: until cancelled; each turn works, or pauses
        try:
            if await make_next_archive(office, partial(archive_of, settings)):
                continue
        except Busy:
            log.warning("memory is away, archives wait")
        await asyncio.sleep(LOOK)


def archive_of(settings: DatabaseSettings, form: ExportFormat) -> WholeForm:
    """How a practice's archive is written and locked, at its pace. The key is read anew: it may be another by now."""

    def pieces(office: Office, whole: PracticeRecord, by: PersonId) -> AsyncIterator[bytes]:
        master = keys_of(settings, may_make=False).known[0].secret
        records = records_of(office, whole, by, Noted.HANDED_OUT_LOCKED)
        return at_its_pace(locked(as_archive(office, whole, records, form), master, office.random))

    return WholeForm(pieces, _passes(form))


def form_of(form: ExportFormat) -> Form:
    """How a record is written in it, at its pace."""

    def pieces(office: Office, way: Way, record: Record) -> AsyncIterator[bytes]:
        return at_its_pace(written(office, way, record, form))

    return Form(pieces, _passes(form))


async def at_its_pace(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same, with rests: what is written in one go holds up whoever is in session."""
    worked, began = 0.0, time.perf_counter()
    async for piece in pieces:
        worked += time.perf_counter() - began
        yield piece
        if worked >= BUSY:
            await asyncio.sleep(min(worked, REST))
            worked = 0.0
        began = time.perf_counter()


def _passes(form: ExportFormat) -> int:
    match form:
        case ExportFormat.HTML:
            return 2  # a zip is written one file after the other: the page, then what it leads to
        case ExportFormat.JSON | ExportFormat.MBOX | ExportFormat.FHIR:
            return 1
        case _:
            assert_never(form)
