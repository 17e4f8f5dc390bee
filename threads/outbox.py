"""Owed mail: claimed by couriers, and the truth about each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from messaging.ids import ConversationId, MailId, PersonId, PracticeId
from messaging.stored import MailState, StoredMail
from threads.database import Database
from threads.tables import outbox, queue
from threads.waiting import claim, done, named

_x = outbox.c


class Outbox:
    """Mail out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_mail(self, now: datetime, lease: float, limit: int) -> list[StoredMail]:
        """Claims owed mail. One found `sending` was in a courier's hands when it died."""
        claimed = await claim(self._database, "send", now, lease, limit)
        if not claimed:
            return []
        query = update(outbox).where(or_(*named(outbox, claimed))).values(attempts=_x.attempts + 1)
        async with self._database.within(*{p for p, _ in claimed}) as connection:
            return [_mail(row) for row in await connection.execute(query.returning(outbox))]

    async def begin_mail(self, mail: StoredMail) -> bool:
        """Marks it `sending`, before its words leave. False when it no longer stood as `mail` says."""
        async with self._database.within(mail.practice) as connection:
            begun = await connection.execute(
                update(outbox)
                .where(_x.practice_id == mail.practice, _x.id == mail.id, _x.state == mail.state)
                .values(state=MailState.SENDING)
            )
            return begun.rowcount == 1

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
            if next_at is None:
                await done(connection, "send", mail.practice, mail.id)
                return
            await connection.execute(
                update(queue)
                .where(queue.c.kind == "send", queue.c.practice_id == mail.practice, queue.c.id == mail.id)
                .values(next_at=next_at)
            )

    async def mail(self, practice: PracticeId, mail: MailId) -> StoredMail | None:
        """One owed mail."""
        query = select(outbox).where(_x.practice_id == practice, _x.id == mail)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _mail(row)

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
