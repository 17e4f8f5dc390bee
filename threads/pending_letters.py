"""Letters that are written and not yet sent, as kept."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.pending_store import PendingState, StoredPending
from threads.database import Database
from threads.tables.drafts import pending_letters
from threads.waiting import claim, done, named, wake

_p = pending_letters.c
KIND = "letter"


class PendingLetters:
    """Found by who wrote them and where; due by the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, letter: StoredPending) -> bool:
        """New, or in the place of one that waits. False when it is being sent already."""
        values = {
            "state": letter.state,
            "send_at": letter.send_at,
            "wake_at": letter.wake_at,
            "sealed": letter.sealed,
        }
        new = insert(pending_letters).values(
            practice_id=letter.practice,
            conversation_id=letter.conversation,
            author_id=letter.author,
            id=letter.id,
            created_at=letter.created_at,
            **values,
        )
        keys = ["practice_id", "conversation_id", "author_id", "id"]
        kept = new.on_conflict_do_update(
            index_elements=keys, set_=values, where=_p.state != PendingState.SENDING
        )
        async with self._database.within(letter.practice) as connection:
            if (await connection.execute(kept)).rowcount == 0:
                return False
            if letter.send_at is None:
                await done(connection, KIND, letter.practice, letter.id)
            else:
                await wake(connection, KIND, letter.practice, letter.id, letter.send_at)
            return True

    async def of_author(
        self, practice: PracticeId, conversation: ConversationId, author: PersonId
    ) -> list[StoredPending]:
        """Those of one writer in one conversation, oldest first."""
        query = (
            select(pending_letters)
            .where(_p.practice_id == practice, _p.conversation_id == conversation, _p.author_id == author)
            .order_by(_p.created_at, _p.id)
        )
        async with self._database.within(practice) as connection:
            return [_pending(row) for row in await connection.execute(query)]

    async def take_back(
        self, practice: PracticeId, conversation: ConversationId, author: PersonId, letter: UUID
    ) -> StoredPending | None:
        """Takes it away, unless it is being sent: then None."""
        where = and_(
            _p.practice_id == practice,
            _p.conversation_id == conversation,
            _p.author_id == author,
            _p.id == letter,
            _p.state != PendingState.SENDING,
        )
        async with self._database.within(practice) as connection:
            taken = (
                await connection.execute(delete(pending_letters).where(where).returning(pending_letters))
            ).first()
            if taken is None:
                return None
            await done(connection, KIND, practice, letter)
            return _pending(taken)

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[StoredPending]:
        """Claims letters whose time has come and marks them as being sent."""
        claimed = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        if not claimed:
            return []
        begun = (
            update(pending_letters)
            .where(or_(*named(pending_letters, claimed)), _p.state != PendingState.STOPPED)
            .values(state=PendingState.SENDING)
            .returning(pending_letters)
        )
        async with self._database.within(*{practice for practice, _ in claimed}) as connection:
            return [_pending(row) for row in await connection.execute(begun)]

    async def done(self, letter: StoredPending) -> None:
        """It was sent: its words are in the record."""
        async with self._database.within(letter.practice) as connection:
            await connection.execute(delete(pending_letters).where(_is(letter)))
            await done(connection, KIND, letter.practice, letter.id)

    async def stop(self, letter: StoredPending) -> None:
        """It must not be sent; its writer can still take it back."""
        async with self._database.within(letter.practice) as connection:
            await connection.execute(
                update(pending_letters).where(_is(letter)).values(state=PendingState.STOPPED, send_at=None)
            )
            await done(connection, KIND, letter.practice, letter.id)


def _is(letter: StoredPending) -> ColumnElement[bool]:
    return and_(
        _p.practice_id == letter.practice,
        _p.conversation_id == letter.conversation,
        _p.author_id == letter.author,
        _p.id == letter.id,
    )


def _pending(row: Any) -> StoredPending:
    return StoredPending(
        PracticeId(row.practice_id),
        ConversationId(row.conversation_id),
        PersonId(row.author_id),
        row.id,
        PendingState(row.state),
        row.send_at,
        row.wake_at,
        row.created_at,
        row.sealed,
    )
