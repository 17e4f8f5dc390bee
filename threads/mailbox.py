"""Letters by mail, both ways: originals that came in, mail that is owed, and the reply addresses between them.

Work waits in `queue`, which holds ids and times only; a worker claims with FOR UPDATE SKIP LOCKED and moves `next_at`
ahead as its lease, so a worker that dies leaves its work to the next.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.ids import ConversationId, MailId, OriginalId, PersonId, PracticeId
from messaging.stored import (
    MailState,
    OriginalState,
    ReplyRoute,
    StoredMail,
    StoredOriginal,
)
from threads.bell import ring
from threads.database import Database
from threads.tables import directory, originals, outbox, queue, reply_tokens

_o, _x = originals.c, outbox.c


class Mailbox:
    """Originals, owed mail and reply addresses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------ in

    async def keep_original(self, original: StoredOriginal) -> None:
        """Commits a letter as it arrived and queues it for reading."""
        async with self._database.within(original.practice) as connection:
            await connection.execute(
                insert(originals).values(
                    practice_id=original.practice,
                    id=original.id,
                    conversation_id=original.conversation,
                    person_id=original.person,
                    state=original.state,
                    received_at=original.received_at,
                    attempts=0,
                    envelope=original.envelope,
                    raw=original.raw,
                )
            )
            await connection.execute(
                insert(queue).values(
                    kind="read", practice_id=original.practice, id=original.id, next_at=original.received_at
                )
            )
            await ring(connection, "r")

    async def due_originals(self, now: datetime, lease: float, limit: int) -> list[StoredOriginal]:
        """Claims originals to be read, skipping those another worker holds."""
        claimed = await self._claim("read", now, lease, limit)
        if not claimed:
            return []
        query = update(originals).where(or_(*_keys(originals, claimed))).values(attempts=_o.attempts + 1)
        async with self._database.within(*{p for p, _ in claimed}) as connection:
            rows = await connection.execute(query.returning(originals))
            return [_original(row) for row in rows]

    async def original(self, practice: PracticeId, original: OriginalId) -> StoredOriginal | None:
        """One original."""
        query = select(originals).where(_o.practice_id == practice, _o.id == original)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _original(row)

    async def decide_original(
        self, original: StoredOriginal, state: OriginalState, reason: str | None, summary: bytes | None
    ) -> None:
        """Notes what became of an original that did not become a message."""
        async with self._database.within(original.practice) as connection:
            await connection.execute(
                update(originals)
                .where(_o.practice_id == original.practice, _o.id == original.id)
                .values(state=state, reason=reason, summary=summary)
            )
            await connection.execute(
                delete(queue).where(
                    queue.c.kind == "read",
                    queue.c.practice_id == original.practice,
                    queue.c.id == original.id,
                )
            )

    async def held(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> list[StoredOriginal]:
        """The screener: held letters of these conversations, and those nobody could be found for."""
        query = (
            select(originals)
            .where(
                _o.practice_id == practice,
                _o.state == OriginalState.HELD,
                or_(_o.conversation_id.in_(conversations), _o.conversation_id.is_(None)),
            )
            .order_by(_o.received_at)
        )
        async with self._database.within(practice) as connection:
            return [_original(row) for row in await connection.execute(query)]

    async def count_originals(self, practice: PracticeId) -> dict[str, int]:
        """How many stand in each state: together, all that were ever accepted."""
        query = select(_o.state, func.count()).where(_o.practice_id == practice).group_by(_o.state)
        async with self._database.within(practice) as connection:
            return dict(await connection.execute(query))

    async def retry_original(self, original: StoredOriginal, at: datetime) -> None:
        """Reading failed: it will be tried again."""
        await self._postpone("read", original.practice, original.id, at)

    # ------------------------------------------------------------ reply addresses

    async def reply_route(self, hashed: bytes) -> ReplyRoute | None:
        """Where a reply address leads."""
        async with self._database.anywhere() as connection:
            practice = await connection.scalar(
                select(directory.c.practice_id).where(directory.c.kind == "reply", directory.c.hash == hashed)
            )
        if practice is None:
            return None
        query = select(reply_tokens).where(
            reply_tokens.c.practice_id == practice, reply_tokens.c.hash == hashed
        )
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return ReplyRoute(
            PracticeId(row.practice_id),
            ConversationId(row.conversation_id),
            PersonId(row.person_id),
            row.revoked_at is not None,
        )

    async def reply_token(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId
    ) -> bytes | None:
        """The newest sealed reply token of a member."""
        query = (
            select(reply_tokens.c.sealed)
            .where(
                reply_tokens.c.practice_id == practice,
                reply_tokens.c.conversation_id == conversation,
                reply_tokens.c.person_id == person,
                reply_tokens.c.revoked_at.is_(None),
            )
            .order_by(reply_tokens.c.created_at.desc())
            .limit(1)
        )
        async with self._database.within(practice) as connection:
            found: bytes | None = await connection.scalar(query)
            return found

    async def keep_reply_token(self, route: ReplyRoute, hashed: bytes, sealed: bytes, at: datetime) -> None:
        """A new reply token; an older one of the pair keeps working until it is revoked."""
        async with self._database.within(route.practice) as connection:
            await connection.execute(
                insert(reply_tokens).values(
                    practice_id=route.practice,
                    hash=hashed,
                    conversation_id=route.conversation,
                    person_id=route.person,
                    sealed=sealed,
                    created_at=at,
                )
            )
            await connection.execute(
                insert(directory).values(
                    kind="reply", hash=hashed, practice_id=route.practice, target_id=route.conversation
                )
            )

    async def revoke_reply_tokens(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, at: datetime
    ) -> None:
        """From now on these addresses are refused."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(reply_tokens)
                .where(
                    reply_tokens.c.practice_id == practice,
                    reply_tokens.c.conversation_id == conversation,
                    reply_tokens.c.person_id == person,
                    reply_tokens.c.revoked_at.is_(None),
                )
                .values(revoked_at=at)
            )

    # ------------------------------------------------------------ out

    async def due_mail(self, now: datetime, lease: float, limit: int) -> list[StoredMail]:
        """Claims owed mail, marked `sending`. One found `sending` already was in a courier's hands when it died."""
        claimed = await self._claim("send", now, lease, limit)
        if not claimed:
            return []
        mine = or_(*_keys(outbox, claimed))
        async with self._database.within(*{p for p, _ in claimed}) as connection:
            # Read first: whoever finds `sending` must know that it was so before this claim.
            rows = (await connection.execute(select(outbox).where(mine))).all()
            await connection.execute(
                update(outbox)
                .where(mine, _x.state == MailState.OWED)
                .values(state=MailState.SENDING, attempts=_x.attempts + 1)
            )
        return [_mail(row) for row in rows]

    async def settle_mail(
        self, mail: StoredMail, state: MailState, code: int | None, at: datetime, next_at: datetime | None
    ) -> None:
        """Notes what became of it; with `next_at` it is tried again."""
        async with self._database.within(mail.practice) as connection:
            await connection.execute(
                update(outbox)
                .where(_x.practice_id == mail.practice, _x.id == mail.id)
                .values(state=state, code=code, next_at=next_at, settled_at=None if next_at else at)
            )
            waiting = and_(
                queue.c.kind == "send", queue.c.practice_id == mail.practice, queue.c.id == mail.id
            )
            if next_at is None:
                await connection.execute(delete(queue).where(waiting))
            else:
                await connection.execute(update(queue).where(waiting).values(next_at=next_at))

    async def mail_of(
        self, practice: PracticeId, conversation: ConversationId, numbers: Sequence[int]
    ) -> list[StoredMail]:
        """The mails owed for these entries, without their bytes."""
        columns = [c for c in outbox.c if c.name != "sealed"]
        query = select(*columns).where(
            _x.practice_id == practice, _x.conversation_id == conversation, _x.number.in_(numbers)
        )
        async with self._database.within(practice) as connection:
            return [_mail(row) for row in await connection.execute(query)]

    # ------------------------------------------------------------ the queue

    async def _claim(self, kind: str, now: datetime, lease: float, limit: int) -> list[tuple[UUID, UUID]]:
        due = (
            select(queue.c.practice_id, queue.c.id)
            .where(queue.c.kind == kind, queue.c.next_at <= now)
            .order_by(queue.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        claim = (
            update(queue)
            .where(queue.c.kind == kind, queue.c.practice_id == due.c.practice_id, queue.c.id == due.c.id)
            .values(next_at=now + timedelta(seconds=lease))
            .returning(queue.c.practice_id, queue.c.id)
        )
        async with self._database.anywhere() as connection:
            return [(row.practice_id, row.id) for row in await connection.execute(claim)]

    async def _postpone(self, kind: str, practice: UUID, item: UUID, at: datetime) -> None:
        async with self._database.anywhere() as connection:
            await connection.execute(
                upsert(queue)
                .values(kind=kind, practice_id=practice, id=item, next_at=at)
                .on_conflict_do_update(index_elements=["kind", "practice_id", "id"], set_={"next_at": at})
            )


def _keys(table: Any, claimed: Sequence[tuple[UUID, UUID]]) -> list[Any]:
    return [and_(table.c.practice_id == practice, table.c.id == item) for practice, item in claimed]


def _original(row: Any) -> StoredOriginal:
    return StoredOriginal(
        practice=PracticeId(row.practice_id),
        id=OriginalId(row.id),
        conversation=None if row.conversation_id is None else ConversationId(row.conversation_id),
        person=None if row.person_id is None else PersonId(row.person_id),
        state=OriginalState(row.state),
        reason=row.reason,
        received_at=row.received_at,
        attempts=row.attempts,
        envelope=row.envelope,
        raw=row.raw,
        summary=row.summary,
    )


def _mail(row: Any) -> StoredMail:
    return StoredMail(
        practice=PracticeId(row.practice_id),
        id=MailId(row.id),
        conversation=ConversationId(row.conversation_id),
        number=row.number,
        person=PersonId(row.person_id),
        state=MailState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        code=row.code,
        sealed=getattr(row, "sealed", b""),
    )
