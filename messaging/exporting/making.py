"""Making an export in the background: claimed by one worker, written from the first entry on, sealed as it comes.

A worker that dies leaves it to the next, which begins anew: what a record says may have changed meanwhile, and half of one
and half of another is none. Whoever asked for it is admitted again, as if they asked now.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Final

from messaging.errors import Busy, NoRoom, NotFound
from messaging.exporting.asking import FORGOTTEN, HANDED_OUT, SERVER_FULL, administering
from messaging.exporting.chunks import chunked, new_key, seal_chunk, seal_key
from messaging.exporting.record import ExportFormat, Record, record_for
from messaging.exporting.whole import PracticeRecord, practice_record
from messaging.faults import located
from messaging.ids import PersonId
from messaging.memory.exporting import Holder, StoredExport, Whole
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import PAGE, circle_of, open_person
from messaging.trust.access import Deed, Pass, Way, admit
from messaging.trust.encryption import CannotOpen

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)
"""After a worker's death another begins. A living one says so with each page and each chunk: some milliseconds of work."""
AT_ONCE: Final = 1
"""Of one practice, over all nodes."""
SOON: Final = timedelta(seconds=3)
"""Until the next look where others of the practice are worked on, or memory was away."""
TRIES: Final = 5
"""What five workers did not bring to an end kills workers."""
OLD: Final = 32
"""Ended at one look."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a record is written in one form: the floor above knows. `passes`: how often it goes through all entries."""

    pieces: Callable[[Office, Way, Record], AsyncIterator[bytes]]
    passes: int = 1


Forms = Callable[[ExportFormat], Form]


@dataclass(frozen=True, slots=True)
class WholeForm:
    """The same of a practice's archive, locked: its asker, who administers, is named beside each record that goes in."""

    pieces: Callable[[Office, PracticeRecord, PersonId], AsyncIterator[bytes]]
    passes: int = 1


WholeForms = Callable[[ExportFormat], WholeForm]
Make = Callable[[StoredExport], Awaitable[None]]


class Overtaken(Exception):
    """Another worker has it, or it was erased: nothing more is written."""


async def make_next(office: Office, forms: Forms) -> bool:
    """Makes one of a conversation that waits; False when none does. Raises Busy."""
    return await _next(office, partial(_make, office, forms), whole=False)


async def make_next_archive(office: Office, forms: WholeForms) -> bool:
    """Makes one of a practice that waits; False when none does. Raises Busy."""
    return await _next(office, partial(_make_archive, office, forms), whole=True)


async def _next(office: Office, make: Make, *, whole: bool) -> bool:
    now, exports = office.clock(), office.memory.exports
    claimed = await exports.claim(now, LEASE, whole=whole)
    if claimed is None:
        return False
    work = await exports.begin(*claimed, now, AT_ONCE, now + SOON, whole=whole)
    if work is None:
        return True
    if work.tries > TRIES:
        await exports.fail(work, now + FORGOTTEN)
        return True
    try:
        await make(work)
    except Overtaken:
        pass
    except (NotFound, CannotOpen, NoRoom):  # they left, it was erased, or the disk is full
        await exports.fail(work, office.clock() + FORGOTTEN)
    except Busy:
        await exports.put_off(work, office.clock() + SOON)
    except Exception as fault:  # unforeseen, and of one record: it is tried again, the others are made
        log.error("an export was not made", extra=located(fault))
        await exports.put_off(work, office.clock() + LEASE)
    return True


async def end_old(office: Office) -> int:
    """Takes away what has been handed out for its time; how many. Raises Busy."""
    now = office.clock()
    return await office.memory.exports.end_old(now, now + FORGOTTEN, OLD)


async def _make(office: Office, forms: Forms, work: StoredExport) -> None:
    held, record = await _admitted(office, work)
    form = forms(ExportFormat(work.form))
    bench = _Bench(office, held, work, pages=form.passes * pages_of(record.last - record.first + 1))
    # Between pages of entries everybody else has their turn, and it is said how far this is.
    paced = replace(office, breathe=bench.turn_page)
    await _kept(bench, form.pieces(paced, held, record))


async def _make_archive(office: Office, forms: WholeForms, work: StoredExport) -> None:
    person = await _asker(office, work)
    held, form = administering(person), forms(ExportFormat(work.form))
    whole = await practice_record(office, work.practice)
    pages = sum(map(pages_of, whole.conversations.values()))
    bench = _Bench(office, held, work, pages=max(1, form.passes * pages))
    paced = replace(office, breathe=bench.turn_page)
    await _kept(bench, form.pieces(paced, whole, person.id))


def pages_of(entries: int) -> int:
    """How often a record of so many entries is read from."""
    return -(-max(1, entries) // PAGE)


async def _kept(bench: "_Bench", pieces: AsyncIterator[bytes]) -> None:
    """Sealed as it comes, to its end. Raises Overtaken, NoRoom, Busy."""
    office, work = bench.office, bench.work
    key, ready = new_key(office)
    sealed_key = await seal_key(office, work, key)
    octets = number = 0
    async for chunk, last in chunked(pieces):
        octets += len(chunk)
        await bench.keep(number, seal_chunk(office, ready, work, number, chunk, last=last))
        number += 1
    whole = Whole(octets, office.clock() + HANDED_OUT, sealed_key)
    if not await office.memory.exports.finish(bench.held, work, whole):
        raise Overtaken


async def _admitted(office: Office, work: StoredExport) -> tuple[Pass, Record]:
    """Whoever asked for it, as they may read now. Raises NotFound, CannotOpen."""
    of = work.conversation
    conversation = await office.memory.conversations.find(work.practice, of) if of else None
    if conversation is None:
        raise NotFound
    held = admit(await _asker(office, work), conversation, Deed.READ)
    circle = await circle_of(office, conversation)
    return held, await record_for(office, held, circle, own_notes=work.own_notes)


async def _asker(office: Office, work: StoredExport) -> Person:
    """While they are here. Raises NotFound, CannotOpen."""
    found = await office.memory.people.find(work.practice, [work.person])
    person = next((one for one in found if one.active), None)
    if person is None:
        raise NotFound
    return await open_person(office, person)


@dataclass(slots=True)
class _Bench:
    """One try at work: what is kept of it, and how far it is."""

    office: Office = field(repr=False)
    held: Holder
    work: StoredExport
    pages: int
    turned: int = 0

    async def turn_page(self) -> None:
        """Raises Overtaken."""
        self.turned += 1
        await self.office.breathe()
        await self._on(None)

    async def keep(self, number: int, sealed: bytes) -> None:
        """Raises Overtaken, NoRoom, Busy."""
        if not self.office.room_left():
            raise NoRoom(SERVER_FULL)
        await self._on((number, sealed))

    async def _on(self, chunk: tuple[int, bytes] | None) -> None:
        progress = min(99, 100 * self.turned // self.pages)
        until = self.office.clock() + LEASE
        if not await self.office.memory.exports.work_on(self.held, self.work, progress, until, chunk):
            raise Overtaken
