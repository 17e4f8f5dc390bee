"""Letters that are written and not yet sent, as kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Update, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from messaging.errors import Busy
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.drafts import StoredDraft
from messaging.memory.sending_later import PendingState, StoredPending
from messaging.trust.access import Pass
from threads.database import Database
from threads.letters.drafts import draft_of, new_draft
from threads.queue import claim, done, settle, wake
from threads.tables.drafts import drafts, pending_letters

_p = pending_letters.c
KIND = "letter"
_GOING = (PendingState.WAITING, PendingState.SENDING)
"""`sending` as well: who had it in hand may have died."""


class PendingLetters:
    """Found by who wrote them and where; due by the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, letter: StoredPending, known: StoredPending | None) -> bool:
        """New, or in the place of the known one; its draft is gone with that.

        False when that is being sent already, or something else is known under its key by now.
        """
        values = {
            "state": letter.state,
            "send_at": letter.send_at,
            "wake_at": letter.wake_at,
            "created_at": letter.created_at,
            "sealed": letter.sealed,
        }
        new = insert(pending_letters).values(
            practice_id=letter.practice,
            conversation_id=letter.conversation,
            author_id=letter.author,
            id=letter.id,
            **values,
        )
        keys = ["practice_id", "conversation_id", "author_id", "id"]
        same = and_(_p.state != PendingState.SENDING, _p.sealed == (known.sealed if known else None))
        kept = new.on_conflict_do_update(index_elements=keys, set_=values, where=same)
        async with self._database.within(letter.practice) as connection:
            queued = await connection.scalar(kept.returning(_p.queued_as))
            if queued is None:
                return False
            await connection.execute(
                delete(drafts).where(draft_of(letter.practice, letter.conversation, letter.author, letter.id))
            )
            if letter.send_at is None:
                await done(connection, KIND, letter.practice, queued)
            else:
                await wake(connection, KIND, letter.practice, queued, letter.send_at)
            return True

    async def find(self, held: Pass, letter: UUID) -> StoredPending | None:
        """One of this writer in this conversation."""
        query = select(pending_letters).where(_named(held.practice, held.conversation, held.person, letter))
        async with self._database.within(held.practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _pending(row)

    async def of_author(self, held: Pass) -> list[StoredPending]:
        """Those of one writer in one conversation, oldest first."""
        query = (
            select(pending_letters)
            .where(
                _p.practice_id == held.practice,
                _p.conversation_id == held.conversation,
                _p.author_id == held.person,
            )
            .order_by(_p.created_at, _p.id)
        )
        async with self._database.within(held.practice) as connection:
            return [_pending(row) for row in await connection.execute(query)]

    async def of_person(self, practice: PracticeId, author: PersonId) -> list[StoredPending]:
        """Those of one writer everywhere, the newest first."""
        query = (
            select(pending_letters)
            .where(_p.practice_id == practice, _p.author_id == author)
            .order_by(_p.created_at.desc(), _p.id)
        )
        async with self._database.within(practice) as connection:
            return [_pending(row) for row in await connection.execute(query)]

    async def standing(
        self, practice: PracticeId, author: PersonId
    ) -> Sequence[tuple[ConversationId, PendingState, datetime]]:
        """Where letters of this writer lie that are not sent, how they stand, and when the newest of them was kept so."""
        query = (
            select(_p.conversation_id, _p.state, func.max(_p.created_at).label("kept"))
            .where(_p.practice_id == practice, _p.author_id == author)
            .group_by(_p.conversation_id, _p.state)
        )
        async with self._database.within(practice) as connection:
            return [
                (ConversationId(row.conversation_id), PendingState(row.state), row.kept)
                for row in await connection.execute(query)
            ]

    async def take_back(self, letter: StoredPending, draft: StoredDraft | None) -> bool:
        """Takes it away and keeps its words as this draft, both or neither.

        False where it does not stand so any more, or is being sent. Raises Busy where another draft came in its place.
        """
        taken = delete(pending_letters).where(
            _is(letter), _p.state != PendingState.SENDING, _p.sealed == letter.sealed
        )
        async with self._database.within(letter.practice) as connection:
            queued = await connection.scalar(taken.returning(_p.queued_as))
            if queued is None:
                return False
            await done(connection, KIND, letter.practice, queued)
            if draft is not None:
                kept = new_draft(letter.practice, letter.conversation, letter.author, draft)
                if (await connection.execute(kept.on_conflict_do_nothing())).rowcount == 0:
                    raise Busy
            return True

    async def hurry(self, known: StoredPending, sealed: bytes, now: datetime) -> bool:
        """Due at once, whatever it waited for, and sealed anew; what is being sent already goes as it is.

        False when it does not stand as known any more.
        """
        going = _p.state == PendingState.SENDING
        sooner = (
            update(pending_letters)
            .where(_is(known), or_(going, _p.sealed == known.sealed))
            .values(
                state=case((going, _p.state), else_=PendingState.WAITING),
                sealed=case((going, _p.sealed), else_=sealed),
                created_at=now,
                send_at=now,
                wake_at=None,
            )
            .returning(_p.state, _p.queued_as)
        )
        async with self._database.within(known.practice) as connection:
            row = (await connection.execute(sooner)).one_or_none()
            if row is not None and row.state == PendingState.WAITING:
                # What is being sent keeps the lease of who sends it.
                await wake(connection, KIND, known.practice, row.queued_as, now)
            return row is not None

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[StoredPending]:
        """Claims letters whose time has come and marks them as being sent.

        Between the claim and the mark somebody may have put one off: it is looked at once more, where it is marked.
        """
        claimed = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        if not claimed:
            return []
        mine = or_(*(and_(_p.practice_id == p, _p.queued_as == queued) for p, queued in claimed))
        begun = (
            update(pending_letters)
            .where(mine, _p.state.in_(_GOING), _p.send_at <= now)
            .values(state=PendingState.SENDING)
            .returning(pending_letters)
        )
        async with self._database.within(*{practice for practice, _ in claimed}) as connection:
            rows = list(await connection.execute(begun))
        for practice, queued in set(claimed) - {(row.practice_id, row.queued_as) for row in rows}:
            # Put off meanwhile, it has another time by now; otherwise it was erased.
            await settle(self._database, KIND, practice, queued, now + lease, None)
        return [_pending(row) for row in rows]

    async def done(self, letter: StoredPending) -> None:
        """It was sent: its words are in the record."""
        await self._end(letter, delete(pending_letters))

    async def stop(self, letter: StoredPending, state: PendingState) -> None:
        """It was not sent, for what `state` says; its writer can still take it back."""
        await self._end(letter, update(pending_letters).values(state=state, send_at=None))

    async def _end(self, letter: StoredPending, change: Delete | Update) -> None:
        """Unless who had it in hand came too late, and it is no longer being sent."""
        sending = change.where(_is(letter), _p.state == PendingState.SENDING)
        async with self._database.within(letter.practice) as connection:
            queued = await connection.scalar(sending.returning(_p.queued_as))
            if queued is not None:
                await done(connection, KIND, letter.practice, queued)


def _is(letter: StoredPending) -> ColumnElement[bool]:
    return _named(letter.practice, letter.conversation, letter.author, letter.id)


def _named(
    practice: PracticeId, conversation: ConversationId, author: PersonId, letter: UUID
) -> ColumnElement[bool]:
    return and_(
        _p.practice_id == practice,
        _p.conversation_id == conversation,
        _p.author_id == author,
        _p.id == letter,
    )


def _pending(row: Any) -> StoredPending:
    return StoredPending(
        practice=PracticeId(row.practice_id),
        conversation=ConversationId(row.conversation_id),
        author=PersonId(row.author_id),
        id=row.id,
        state=PendingState(row.state),
        send_at=row.send_at,
        wake_at=row.wake_at,
        created_at=row.created_at,
        sealed=row.sealed,
    )
