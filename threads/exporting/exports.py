"""Exports as kept. Work on them waits in the queue; their end, by the clock, waits there as work of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ExportId, PersonId, PracticeId
from messaging.memory.exporting import ExportState, Holder, NewExport, StoredExport, Whole
from messaging.people import Role
from threads.database import Database
from threads.exporting.rows import export_of_row, new_row
from threads.queue import claim, done, wake
from threads.tables.conversations import members
from threads.tables.exports import export_chunks, exports
from threads.tables.installation import queue
from threads.tables.people import people

KIND: Final = "export"
KIND_WHOLE: Final = "export_practice"
"""Work of its own: it takes long, and whoever wants their copy does not wait for it."""
KINDS: Final = {False: KIND, True: KIND_WHOLE}
END: Final = "export_end"
UNMADE: Final = (ExportState.WAITING, ExportState.WORKING)
_e = exports.c


class Exports:
    """See `messaging.memory.exporting.Exports`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, held: Holder, new: NewExport, most: int) -> StoredExport | None:
        """The new one, or one like it that is not made yet. None when `most` of the practice are not made yet."""
        async with self._database.within(held.practice) as connection:
            await _one_at_a_time(connection, held.practice)
            like = select(exports).where(*_of_holder(held), _e.form == new.form, _e.state.in_(UNMADE))
            known = (await connection.execute(like)).one_or_none()
            if known is not None:
                return await _as_asked_last(connection, held, known, new)
            unmade = select(func.count()).where(_e.practice_id == held.practice, _e.state.in_(UNMADE))
            if (await connection.scalar(unmade) or 0) >= most:
                return None
            former = select(_e.id).where(*_of_holder(held), _e.form == new.form)
            await _empty(connection, held.practice, (await connection.scalars(former)).all())
            row = await connection.execute(insert(exports).values(**new_row(held, new)).returning(exports))
            # Practices take turns: one that wants all its records delays nobody else's.
            await wake(connection, _kind(held), held.practice, new.id, new.at, lane=held.practice)
            return export_of_row(row.one())

    async def find(self, practice: PracticeId, person: PersonId, named: ExportId) -> StoredExport | None:
        """One that this person asked for."""
        query = select(exports).where(_e.practice_id == practice, _e.id == named, _e.person_id == person)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else export_of_row(row)

    async def of_holder(self, held: Holder) -> list[StoredExport]:
        """Bounded by how they are made: one of each form that is not gone; and gone ones are forgotten within days."""
        query = select(exports).where(*_of_holder(held)).order_by(_e.made_at.desc(), _e.id)
        async with self._database.within(held.practice) as connection:
            return [export_of_row(row) for row in await connection.execute(query)]

    async def claim(
        self, now: datetime, lease: timedelta, *, whole: bool = False
    ) -> tuple[PracticeId, ExportId] | None:
        """One that waits, or whose worker died."""
        claimed = await claim(self._database, KINDS[whole], now, lease.total_seconds(), 1)
        return next(((PracticeId(practice), ExportId(one)) for practice, one in claimed), None)

    async def begin(
        self,
        practice: PracticeId,
        named: ExportId,
        now: datetime,
        at_once: int,
        again: datetime,
        *,
        whole: bool = False,
    ) -> StoredExport | None:
        """A try begins, from nothing."""
        kind = KINDS[whole]
        mine = (_e.practice_id == practice, _e.id == named)
        begun = (
            update(exports)
            .where(*mine, _e.state.in_(UNMADE))
            .values(state=ExportState.WORKING, tries=_e.tries + 1, progress=0)
        )
        async with self._database.within(practice) as connection:
            await _one_at_a_time(connection, practice)
            if await _others_in_work(connection, kind, practice, named, now) >= at_once:
                await wake(connection, kind, practice, named, again)
                return None
            row = (await connection.execute(begun.returning(exports))).one_or_none()
            if row is None:  # erased, or its work was done
                await done(connection, kind, practice, named)
                return None
            await connection.execute(delete(export_chunks).where(*_chunks_of(practice, named)))
            return export_of_row(row)

    async def work_on(
        self,
        held: Holder,
        work: StoredExport,
        progress: int,
        until: datetime,
        chunk: tuple[int, bytes] | None,
    ) -> bool:
        """Keeps a chunk, how far it is, and the claim."""
        async with self._database.within(held.practice) as connection:
            on = update(exports).where(_is(work), *_of_holder(held)).values(progress=progress)
            if (await connection.execute(on)).rowcount == 0:
                return False
            await wake(connection, _kind(held), held.practice, work.id, until)
            if chunk is not None:
                kept = {"practice_id": held.practice, "export_id": work.id}
                number, sealed = chunk
                await connection.execute(insert(export_chunks).values(**kept, number=number, sealed=sealed))
            return True

    async def finish(self, held: Holder, work: StoredExport, whole: Whole) -> bool:
        """It is ready."""
        ready = {"state": ExportState.READY, "progress": 100, "octets": whole.octets}
        ready |= {"expires_at": whole.expires_at, "sealed": whole.sealed}
        async with self._database.within(held.practice) as connection:
            on = update(exports).where(_is(work), *_of_holder(held)).values(**ready)
            if (await connection.execute(on)).rowcount == 0:
                return False
            await done(connection, _kind(held), held.practice, work.id)
            await wake(connection, END, held.practice, work.id, whole.expires_at)
            return True

    async def put_off(self, work: StoredExport, again: datetime) -> None:
        """Another try is due then."""
        async with self._database.within(work.practice) as connection:
            waits = update(exports).where(_is(work)).values(state=ExportState.WAITING, progress=0)
            if (await connection.execute(waits)).rowcount:
                await wake(connection, _kind(work), work.practice, work.id, again)

    async def fail(self, work: StoredExport, forgotten: datetime) -> None:
        """It will not be made."""
        async with self._database.within(work.practice) as connection:
            failed = update(exports).where(_is(work)).values(state=ExportState.FAILED)
            if (await connection.execute(failed)).rowcount:
                await connection.execute(delete(export_chunks).where(*_chunks_of(work.practice, work.id)))
                await done(connection, _kind(work), work.practice, work.id)
                await wake(connection, END, work.practice, work.id, forgotten)

    async def chunk(self, held: Holder, named: ExportId, number: int, now: datetime) -> bytes | None:
        """A chunk, sealed. Whether it is still to be had is looked at with each, for a download may take hours."""
        query = (
            select(export_chunks.c.sealed)
            .join(exports, and_(*_chunks_of(_e.practice_id, _e.id)))
            .where(
                *_of_holder(held),
                _e.id == named,
                _e.state == ExportState.READY,
                _e.expires_at > now,
                export_chunks.c.number == number,
                *_still_theirs(held),
            )
        )
        async with self._database.within(held.practice) as connection:
            sealed: bytes | None = await connection.scalar(query)
            return sealed

    async def end_old(self, now: datetime, forgotten: datetime, limit: int) -> int:
        """Those whose time is over are gone; those that are to be forgotten are."""
        claimed = await claim(self._database, END, now, (forgotten - now).total_seconds(), limit)
        for practice, named in claimed:
            async with self._database.within(practice) as connection:
                mine = (_e.practice_id == practice, _e.id == named)
                state = await connection.scalar(select(_e.state).where(*mine).with_for_update())
                if state == ExportState.READY:  # what was claimed is due again when it is to be forgotten
                    await _empty(connection, practice, [named])
                else:
                    await connection.execute(delete(exports).where(*mine))
                    await done(connection, END, practice, named)
        return len(claimed)


async def _as_asked_last(
    connection: AsyncConnection, held: Holder, known: Any, new: NewExport
) -> StoredExport:
    """One that is not made yet is made as it was last asked for; a try that knows otherwise is not the last any more."""
    if known.own_notes == new.own_notes:
        return export_of_row(known)
    anew = {"own_notes": new.own_notes, "state": ExportState.WAITING, "progress": 0}
    mine = (_e.practice_id == held.practice, _e.id == known.id)
    row = await connection.execute(update(exports).where(*mine).values(**anew).returning(exports))
    await wake(connection, _kind(held), held.practice, known.id, new.at, lane=held.practice)
    return export_of_row(row.one())


def _still_theirs(held: Holder) -> tuple[ColumnElement[bool], ...]:
    """They are here; and belong to the conversation, or administer."""
    m, p = members.c, people.c
    is_here = exists().where(p.practice_id == _e.practice_id, p.id == _e.person_id, p.active)
    if held.conversation is None:
        return (is_here.where(p.role == Role.ADMINISTRATOR),)
    is_member = exists().where(
        m.practice_id == _e.practice_id,
        m.conversation_id == _e.conversation_id,
        m.person_id == _e.person_id,
        m.left_at.is_(None),
    )
    return is_member, is_here


async def _one_at_a_time(connection: AsyncConnection, practice: UUID) -> None:
    """Who counts what stands in a practice and then adds to it does so alone, on whichever node."""
    await connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"exports {practice}", 0)))
    )


async def _others_in_work(
    connection: AsyncConnection, kind: str, practice: PracticeId, named: ExportId, now: datetime
) -> int:
    """Whose claim holds: one whose worker died is in nobody's work."""
    query = (
        select(func.count())
        .select_from(exports)
        .join(queue, and_(queue.c.kind == kind, queue.c.practice_id == _e.practice_id, queue.c.id == _e.id))
        .where(
            _e.practice_id == practice,
            _e.id != named,
            _e.state == ExportState.WORKING,
            queue.c.next_at > now,
        )
    )
    return await connection.scalar(query) or 0


async def _empty(connection: AsyncConnection, practice: UUID, named: Sequence[UUID]) -> None:
    """Their files are gone; that there were some stays for a while."""
    if not named:
        return
    chunks = export_chunks.c
    await connection.execute(
        delete(export_chunks).where(chunks.practice_id == practice, chunks.export_id.in_(named))
    )
    await connection.execute(
        update(exports)
        .where(_e.practice_id == practice, _e.id.in_(named), _e.state == ExportState.READY)
        .values(state=ExportState.GONE, sealed=None)
    )


def _chunks_of(practice: Any, named: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return export_chunks.c.practice_id == practice, export_chunks.c.export_id == named


def _kind(of: Holder | StoredExport) -> str:
    return KINDS[of.conversation is None]


def _of_holder(held: Holder) -> tuple[ColumnElement[bool], ...]:
    return (
        _e.practice_id == held.practice,
        _e.conversation_id == held.conversation,
        _e.person_id == held.person,
    )


def _is(work: StoredExport) -> ColumnElement[bool]:
    """The very try: whoever was given up for dead finds nothing to write to."""
    return and_(
        _e.practice_id == work.practice,
        _e.id == work.id,
        _e.state == ExportState.WORKING,
        _e.tries == work.tries,
    )
