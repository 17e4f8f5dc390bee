"""Owed mail: claimed by couriers, and the truth about each."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.ids import ConversationId, MailId, PersonId, PracticeId
from messaging.memory.leaving import DueMail, MailForm, MailState, Owe, Settled, StoredMail
from messaging.memory.people import StoredPerson
from messaging.memory.pushing import PUSHED
from messaging.people import EmailMode, Role
from messaging.trust.access import Way
from threads.database import Database
from threads.leaving.way_out import BELONGS, MEMBER, NOTICES, WayOut
from threads.pushing.subscriptions import wake_push
from threads.queue import claim, settle, wake
from threads.tables.installation import directory, queue
from threads.tables.mail import outbox

_x = outbox.c


LATELY: Final = timedelta(hours=1)
"""How far back it is looked when somebody was told last: longer than notices are kept apart (see `joining`)."""
SAME_READER: Final = f"""o.practice_id = x.practice_id and o.conversation_id = x.conversation_id
                and o.person_id = x.person_id and o.form in {NOTICES} and o.id <> x.id"""
# Both looks go by the same index: what is not settled stands at its end.
_DUE: Final = text(f"""
select x.*, {BELONGS} as belongs,
       p.role as person_role, p.email_mode, p.active,
       p.created_at as person_created_at, p.sealed as person_sealed,
       case when x.form in {NOTICES} then greatest(
            (select max(o.settled_at) from outbox o
              where {SAME_READER} and o.settled_at > :since and o.state = 'sent' and o.told_by is null),
            (select max(cast(:now as timestamptz)) from outbox o
              where {SAME_READER} and o.settled_at is null and o.state in ('owed', 'sending')
                and (o.created_at, o.id) < (x.created_at, x.id)))
            end as told_at
  from unnest(cast(:practices as uuid[]), cast(:ids as uuid[])) as d (practice_id, id)
  join outbox x on x.practice_id = d.practice_id and x.id = d.id
  left join people p on p.practice_id = x.practice_id and p.id = x.person_id
  {MEMBER}
 order by x.created_at
""")  # noqa: S608 - made of constants


# By the index of a conversation's mails by number: how many were ever sent does not matter.
_UNARRIVED: Final = text("""
select distinct x.conversation_id
  from conversations c
  join outbox x on x.practice_id = c.practice_id and x.conversation_id = c.id and x.number > c.last_number - 100
  join members m on m.practice_id = x.practice_id and m.conversation_id = x.conversation_id
                and m.person_id = x.person_id and m.left_at is null and m.role = 'client'
 where c.practice_id = :practice and c.id = any(:ids) and x.state in ('failed', 'in_doubt', 'stopped')
   and (x.form is null or x.form in ('whole', 'locked', 'notice', 'keyless', 'expired', 'unusable'))
   and not exists (
       select from outbox o
        where o.practice_id = x.practice_id and o.conversation_id = x.conversation_id and o.number > x.number
          and o.person_id = x.person_id and o.state = 'sent'
          and (o.form is null or o.form in ('whole', 'locked', 'notice', 'keyless', 'expired', 'unusable')))
   and not exists (
       select from entries e
        where e.practice_id = x.practice_id and e.conversation_id = x.conversation_id and e.number > x.number
          and e.author_id = x.person_id and e.kind = 'message')
""")
_WAITING: Final = text("""
select x.practice_id, x.id, x.conversation_id, x.number, x.person_id, x.state, x.attempts, x.created_at, x.code, x.form,
       x.sealed, x.settled_at, q.next_at
  from queue q join outbox x on x.practice_id = q.practice_id and x.id = q.id
 where q.kind = 'send' and q.practice_id = :practice and q.id > :after order by q.id limit :most
""")
_FLUSH: Final = text("""
update queue q set next_at = :at from outbox x
 where q.kind = 'send' and q.practice_id = :practice and q.next_at > :at
   and x.practice_id = q.practice_id and x.id = q.id and x.state = 'owed'
""")


class Outbox:
    """Mail out."""

    _database: Database
    _way_out: WayOut

    async def due_mail(self, now: datetime, lease: float, limit: int) -> list[DueMail]:
        """Claims owed mail for some seconds, with what must be known of its reader now.

        One found `sending` was in a courier's hands when it died. What is settled or erased leaves the queue.
        """
        claimed = await claim(self._database, "send", now, lease, limit)
        if not claimed:
            return []
        until = now + timedelta(seconds=lease)
        wanted: dict[str, Any] = {
            "practices": [p for p, _ in claimed],
            "ids": [i for _, i in claimed],
            "now": now,
            "since": now - LATELY,
        }
        async with self._database.within(*{p for p, _ in claimed}) as connection:
            found = [_due(row, until) for row in await connection.execute(_DUE, wanted)]
        due = [one for one in found if one.mail.state in (MailState.OWED, MailState.SENDING)]
        for practice, mail in set(claimed) - {(one.mail.practice, one.mail.id) for one in due}:
            await settle(self._database, "send", practice, mail, until, None)
        return due

    async def begin_mail(self, due: DueMail, locked_for: str | None, until: datetime) -> bool:
        """Marks it `sending`, before its words leave. False when it, or its reader, does not stand as it was claimed."""
        return await self._way_out.begin(due, locked_for, until)

    async def settle_mail(self, mail: StoredMail, settled: Settled, held: datetime | None = None) -> bool:
        """Notes what became of it; `held`: only while it is this courier's until then. False when it is not."""
        return await self._way_out.settle(mail, settled, held)

    async def postpone_mail(self, claimed: Sequence[DueMail], at: datetime) -> None:
        """Gives claimed mails back untouched: they become due at `at`, unless somebody else has them by now."""
        for one in claimed:
            await settle(self._database, "send", one.mail.practice, one.mail.id, one.until, at)

    async def owe_again(self, mail: StoredMail, at: datetime) -> bool:
        """The same bytes are owed once more, from now. False when it no longer stood as `mail` says."""
        async with self._database.within(mail.practice) as connection:
            owed = await connection.execute(
                update(outbox)
                .where(_x.practice_id == mail.practice, _x.id == mail.id, _x.state == mail.state)
                .values(
                    state=MailState.OWED, attempts=0, code=None, created_at=at, next_at=at, settled_at=None
                )
            )
            if owed.rowcount:
                await wake(connection, "send", mail.practice, mail.id, at, lane=mail.conversation)
            return owed.rowcount == 1

    async def waiting_mail(self, practice: PracticeId, after: MailId, limit: int) -> list[StoredMail]:
        """What stands in the queue, by id; `next_at` as it stands there."""
        wanted = {"practice": practice, "after": after, "most": limit}
        async with self._database.within(practice) as connection:
            return [_mail(row) for row in await connection.execute(_WAITING, wanted)]

    async def flush_mail(self, practice: PracticeId, at: datetime) -> int:
        """Owed mail that waits for later is due at `at`; how many. What is being sent stays in its courier's hands."""
        async with self._database.within(practice) as connection:
            return (await connection.execute(_FLUSH, {"practice": practice, "at": at})).rowcount

    async def count_mail(self, practice: PracticeId) -> dict[str, int]:
        """How many stand in each state."""
        query = (
            select(_x.state, func.count().label("kept")).where(_x.practice_id == practice).group_by(_x.state)
        )
        async with self._database.within(practice) as connection:
            return {row.state: row.kept for row in await connection.execute(query)}

    async def owe(self, way: Way, number: int, mail: Owe, at: datetime) -> bool:
        """A mail about an entry that stands already. False when it is owed, or was, since before."""
        practice, conversation = way.practice, way.conversation
        owed = upsert(outbox).values(
            practice_id=practice,
            conversation_id=conversation,
            id=mail.mail,
            number=number,
            person_id=mail.person,
            state=MailState.OWED,
            attempts=0,
            created_at=at,
            next_at=at,
            form=mail.form,
            sealed=mail.sealed,
        )
        waits = {
            "kind": "send",
            "practice_id": practice,
            "id": mail.mail,
            "next_at": at,
            "lane": conversation,
        }
        named = {"kind": "mail", "practice_id": practice, "target_id": mail.mail, "hash": mail.found_by}
        async with self._database.within(practice) as connection:
            if (await connection.execute(owed.on_conflict_do_nothing())).rowcount == 0:
                return False
            await connection.execute(insert(queue).values(**waits))
            await connection.execute(insert(directory).values(**named))
            if mail.form in PUSHED:
                await wake_push(connection, practice, mail.person, mail.mail, at)
            return True

    async def mail_named(self, practice: PracticeId, mail: MailId) -> StoredMail | None:
        """One owed mail, by which its conversation is known only then."""
        return await self._one(practice, _x.id == mail)

    async def mail(self, way: Way, mail: MailId) -> StoredMail | None:
        """One owed mail of the conversation."""
        return await self._one(way.practice, _x.conversation_id == way.conversation, _x.id == mail)

    async def _one(self, practice: PracticeId, *conditions: ColumnElement[bool]) -> StoredMail | None:
        query = select(outbox).where(_x.practice_id == practice, *conditions)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _mail(row)

    async def unarrived(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> Collection[ConversationId]:
        """Those with a letter that mail did not bring to its reader, who has not written since.

        Of each the last hundred entries are looked at.
        """
        async with self._database.within(practice) as connection:
            found = await connection.scalars(_UNARRIVED, {"practice": practice, "ids": list(conversations)})
            return frozenset(ConversationId(one) for one in found)

    async def mail_of(self, way: Way, numbers: Sequence[int]) -> list[StoredMail]:
        """The mails owed for these entries, without their bytes."""
        columns = [c for c in outbox.c if c.name != "sealed"]
        query = select(*columns).where(
            _x.practice_id == way.practice, _x.conversation_id == way.conversation, _x.number.in_(numbers)
        )
        async with self._database.within(way.practice) as connection:
            return [_mail(row) for row in await connection.execute(query)]


def _due(row: Any, until: datetime) -> DueMail:
    mail, reader = _mail(row), None
    if row.belongs and row.active:
        reader = StoredPerson(
            mail.practice,
            mail.person,
            Role(row.person_role),
            EmailMode(row.email_mode),
            active=True,
            created_at=row.person_created_at,
            password_hash=None,
            sealed=row.person_sealed,
        )
    return DueMail(mail, reader, until, row.told_at)


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
        form=None if row.form is None else MailForm(row.form),
        sealed=getattr(row, "sealed", b""),
        settled_at=row.settled_at,
    )
