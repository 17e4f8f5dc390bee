"""Files that are uploaded for a letter. They stand beside no entry (number 0) until it is sent; work on them is queued.

A piece is a transaction of its own, and none is open between two: who sends slowly holds nothing here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.arriving import FileCheck, FileState
from messaging.memory.uploads import Arrived, NewUpload, StoredUpload
from messaging.trust.access import Errand, Pass, Way, Work, first_of
from threads.database import Database
from threads.queue import claim, done, named, postpone, wake
from threads.tables.drafts import drafts, pending_letters
from threads.tables.record import attachments, file_pieces

KIND: Final = "upload"
"""Not `check`: a server of the version before would look for what lies in pieces where it is not."""
NOWHERE: Final = 0
"""The number of the entry beside which an upload stands that is not sent."""
_a, _f = attachments.c, file_pieces.c


class Uploads:
    """See `messaging.memory.uploads.Uploads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, held: Pass, new: NewUpload, most: int, octets: int) -> bool:
        """Who counts what a person has, and adds to it, does so alone."""
        mine = and_(_a.practice_id == held.practice, _a.uploader_id == held.person, _a.number == NOWHERE)
        alone = func.pg_advisory_xact_lock(func.hashtextextended(f"uploads {held.person}", 0))
        values = {
            "practice_id": held.practice,
            "conversation_id": held.conversation,
            "id": new.id,
            "number": NOWHERE,
            "size": new.size,
            "state": FileState.ARRIVING,
            "sealed": b"",
            "uploader_id": held.person,
            "letter_id": new.letter,
            "taken_at": new.at,
        }
        async with self._database.within(held.practice) as connection:
            await connection.execute(select(alone))
            count, size = (
                await connection.execute(
                    select(func.count(), func.coalesce(func.sum(_a.size), 0)).where(mine)
                )
            ).one()
            if count >= most or int(size) + new.size > octets:
                return False
            await connection.execute(insert(attachments).values(**values))
            await wake(connection, KIND, held.practice, new.id, new.until, lane=held.conversation)
            return True

    async def add(self, held: Pass, upload: UUID, number: int, sealed: bytes) -> bool:
        """The next piece."""
        piece = {
            "practice_id": held.practice,
            "conversation_id": held.conversation,
            "file_id": upload,
            "number": number,
            "sealed": sealed,
        }
        stands = select(_a.id).where(_own(held, upload), _a.state == FileState.ARRIVING)
        async with self._database.within(held.practice) as connection:
            if await connection.scalar(stands.with_for_update(read=True)) is None:
                return False
            await connection.execute(insert(file_pieces).values(**piece))
            return True

    async def finish(self, held: Pass, upload: UUID, arrived: Arrived) -> bool:
        """All of it is there."""
        values = {
            "size": arrived.size,
            "pieces": arrived.pieces,
            "state": arrived.state,
            "named": arrived.named,
        }
        whole = update(attachments).where(_own(held, upload), _a.state == FileState.ARRIVING).values(**values)
        async with self._database.within(held.practice) as connection:
            if (await connection.execute(whole)).rowcount == 0:
                return False
            await wake(connection, KIND, held.practice, upload, arrived.due, lane=held.conversation)
            return True

    async def drop(self, held: Pass, upload: UUID) -> bool:
        """Its pieces go with it, by their foreign key."""
        async with self._database.within(held.practice) as connection:
            gone = (await connection.execute(delete(attachments).where(_own(held, upload)))).rowcount
            if gone:
                await done(connection, KIND, held.practice, upload)
            return gone > 0

    async def find(self, held: Pass, ids: Sequence[UUID]) -> list[StoredUpload]:
        """Those of these that have arrived and stand beside no entry."""
        return await self._select(held, _a.id.in_(ids)) if ids else []

    async def of_letter(self, held: Pass, letter: UUID) -> list[StoredUpload]:
        """The same, of those for a letter, oldest first."""
        return await self._select(held, _a.letter_id == letter)

    async def own(self, held: Pass, upload: UUID) -> StoredUpload | None:
        """One of them."""
        found = await self._select(held, _a.id == upload)
        return found[0] if found else None

    async def _select(self, held: Pass, which: ColumnElement[bool]) -> list[StoredUpload]:
        query = select(attachments).where(_of(held), which, _a.state != FileState.ARRIVING)
        async with self._database.within(held.practice) as connection:
            rows = await connection.execute(query.order_by(_a.taken_at, _a.id))
            return [_upload(row) for row in rows]

    async def move(self, held: Pass, ids: Sequence[UUID], letter: UUID) -> None:
        """They are for this letter from now on."""
        if ids:
            moved = update(attachments).where(_of(held), _a.id.in_(ids)).values(letter_id=letter)
            async with self._database.within(held.practice) as connection:
                await connection.execute(moved)

    async def drop_letter(self, held: Pass, letter: UUID) -> None:
        """Their work in the queue finds nothing, and goes too."""
        gone = delete(attachments).where(_of(held), _a.letter_id == letter)
        async with self._database.within(held.practice) as connection:
            await connection.execute(gone)

    async def piece(self, way: Way, file: UUID, number: int) -> bytes | None:
        """A sealed piece, looked up with each whether it may still be had: who takes them slowly may have been removed."""
        here = and_(
            _a.practice_id == _f.practice_id,
            _a.conversation_id == _f.conversation_id,
            _a.id == _f.file_id,
        )
        query = (
            select(_f.sealed)
            .join(attachments, here)
            .where(
                _f.practice_id == way.practice,
                _f.conversation_id == way.conversation,
                _f.file_id == file,
                _f.number == number,
                _handed_out(way),
            )
        )
        async with self._database.within(way.practice) as connection:
            found: bytes | None = await connection.scalar(query)
            return found

    async def due(self, now: datetime, lease: float, limit: int) -> list[StoredUpload]:
        """Claims those whose time has come."""
        claimed = await claim(self._database, KIND, now, lease, limit)
        if not claimed:
            return []
        taken = (
            update(attachments)
            .where(or_(*named(attachments, claimed)))
            .values(attempts=_a.attempts + 1)
            .returning(attachments)
        )
        async with self._database.within(*{practice for practice, _ in claimed}) as connection:
            rows = list(await connection.execute(taken))
            for practice, one in set(claimed) - {(row.practice_id, row.id) for row in rows}:
                await done(connection, KIND, practice, one)
        return [_upload(row) for row in rows]

    async def settle(self, way: Errand, upload: StoredUpload, check: FileCheck, again: datetime) -> None:
        """Notes what was found."""
        looked = (
            update(attachments)
            .where(_is(upload), _a.state == FileState.WAITING)
            .values(state=check.state, finding=check.finding)
        )
        async with self._database.within(way.practice) as connection:
            await connection.execute(looked)
            await wake(connection, KIND, upload.practice, upload.id, again)

    async def put_off(self, upload: StoredUpload, at: datetime) -> None:
        """It is due again then."""
        await postpone(self._database, KIND, upload.practice, upload.id, at)

    async def end(self, upload: StoredUpload, again: datetime) -> bool:
        """Gone, unless it stands beside an entry by now, or its letter is still being written or waits."""
        over = delete(attachments).where(
            _is(upload),
            _a.number == NOWHERE,
            or_(_a.state == FileState.ARRIVING, ~_still_wanted()),
        )
        unsent = select(_a.number).where(_is(upload))
        async with self._database.within(upload.practice) as connection:
            gone = (await connection.execute(over)).rowcount > 0
            if not gone and await connection.scalar(unsent) == NOWHERE:
                await wake(connection, KIND, upload.practice, upload.id, again)
            else:
                await done(connection, KIND, upload.practice, upload.id)
            return gone


def _still_wanted() -> ColumnElement[bool]:
    """What it was uploaded for is a draft, or a letter that waits to be sent."""
    d, p = drafts.c, pending_letters.c
    begun = exists().where(
        d.practice_id == _a.practice_id,
        d.conversation_id == _a.conversation_id,
        d.person_id == _a.uploader_id,
        d.id == _a.letter_id,
    )
    waits = exists().where(
        p.practice_id == _a.practice_id,
        p.conversation_id == _a.conversation_id,
        p.author_id == _a.uploader_id,
        p.id == _a.letter_id,
    )
    return or_(begun, waits)


def _handed_out(way: Way) -> ColumnElement[bool]:
    clean = and_(_a.state == FileState.CLEAN, _a.number >= first_of(way))
    if isinstance(way, Errand):
        return _a.state != FileState.ARRIVING if way.work is Work.CHECKING else clean
    # Also while it arrives: its uploader's own server reads it to clean it.
    return or_(
        clean,
        and_(
            _a.number == NOWHERE,
            _a.uploader_id == way.person,
            _a.state.in_((FileState.ARRIVING, FileState.CLEAN)),
        ),
    )


def _of(held: Pass) -> ColumnElement[bool]:
    return and_(
        _a.practice_id == held.practice,
        _a.conversation_id == held.conversation,
        _a.uploader_id == held.person,
        _a.number == NOWHERE,
    )


def _own(held: Pass, upload: UUID) -> ColumnElement[bool]:
    return and_(_of(held), _a.id == upload)


def _is(upload: StoredUpload) -> ColumnElement[bool]:
    return and_(
        _a.practice_id == upload.practice,
        _a.conversation_id == upload.conversation,
        _a.id == upload.id,
    )


def _upload(row: Any) -> StoredUpload:
    return StoredUpload(
        practice=PracticeId(row.practice_id),
        conversation=ConversationId(row.conversation_id),
        person=PersonId(row.uploader_id),
        id=row.id,
        letter=row.letter_id,
        number=row.number,
        state=FileState(row.state),
        finding=row.finding,
        size=row.size,
        pieces=row.pieces,
        at=row.taken_at,
        attempts=row.attempts,
        named=row.named or b"",
    )
