"""Subscriptions of devices, and the pushes that are due: each under the id of the mail whose matter it tells of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import MailId, PersonId, PracticeId, SignInId
from messaging.memory.leaving import MailForm
from messaging.memory.people import StoredPerson
from messaging.memory.pushing import DuePush, PushMatter, StoredSubscription
from messaging.people import EmailMode, Role
from threads.database import Database
from threads.queue import claim, settle, wake
from threads.tables.people import push_subscriptions, sign_ins

KIND: Final = "push"
_s = push_subscriptions.c
_MATTER: Final = text("""
select x.form, x.created_at as since, coalesce(m.read_number >= x.number and x.number > 0, false) as read,
       m.person_id is not null and p.active as belongs, p.id as person_id,
       p.role, p.email_mode, p.created_at, p.sealed
  from outbox x
  join people p on p.practice_id = x.practice_id and p.id = x.person_id
  left join members m on m.practice_id = x.practice_id and m.conversation_id = x.conversation_id
                     and m.person_id = x.person_id and m.left_at is null
 where x.practice_id = :practice and x.id = :mail
""")


class Subscriptions:
    """See `messaging.memory.pushing.Subscriptions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, one: StoredSubscription, most: int) -> None:
        """Instead of the one of the same sign-in; beyond `most` of a person the oldest goes."""
        mine = (_s.practice_id == one.practice, _s.person_id == one.person)
        values = {
            "practice_id": one.practice,
            "id": one.id,
            "person_id": one.person,
            "sign_in_id": one.sign_in,
            "created_at": one.created_at,
            "sealed": one.sealed,
        }
        newest = select(_s.id).where(*mine).order_by(_s.created_at.desc(), _s.id).limit(most)
        async with self._database.within(one.practice) as connection:
            former = delete(push_subscriptions).where(*mine, _s.sign_in_id == one.sign_in)
            await connection.execute(former)
            await connection.execute(insert(push_subscriptions).values(**values))
            await connection.execute(delete(push_subscriptions).where(*mine, _s.id.not_in(newest)))

    async def of_person(
        self, practice: PracticeId, person: PersonId, since: datetime
    ) -> Sequence[StoredSubscription]:
        """Those whose sign-in was begun since then and not ended, on a device that is only theirs."""
        query = (
            select(push_subscriptions)
            .join(sign_ins, (sign_ins.c.practice_id == _s.practice_id) & (sign_ins.c.id == _s.sign_in_id))
            .where(
                _s.practice_id == practice,
                _s.person_id == person,
                sign_ins.c.person_id == person,
                sign_ins.c.ended_at.is_(None),
                sign_ins.c.shared.is_(False),
                sign_ins.c.created_at > since,
            )
            .order_by(_s.created_at)
        )
        async with self._database.within(practice) as connection:
            return [_subscription(row) for row in await connection.execute(query)]

    async def drop(self, practice: PracticeId, person: PersonId, only: Sequence[UUID] | None = None) -> int:
        """These, or all of a person."""
        which = delete(push_subscriptions).where(_s.practice_id == practice, _s.person_id == person)
        if only is not None:
            which = which.where(_s.id.in_(only))
        async with self._database.within(practice) as connection:
            return (await connection.execute(which)).rowcount

    async def told(self, practice: PracticeId, subscription: UUID, at: datetime) -> None:
        """It was told then."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(push_subscriptions)
                .where(_s.practice_id == practice, _s.id == subscription)
                .values(told_at=at)
            )

    async def due(self, now: datetime, lease: timedelta, limit: int) -> Sequence[DuePush]:
        """Claims what is due."""
        found = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        return [DuePush(PracticeId(practice), MailId(mail), now + lease) for practice, mail in found]

    async def matter(self, due: DuePush) -> PushMatter | None:
        """What must be known of it now."""
        asked = {"practice": due.practice, "mail": due.mail}
        async with self._database.within(due.practice) as connection:
            row = (await connection.execute(_MATTER, asked)).one_or_none()
        if row is None:
            return None
        reader = _reader(due.practice, row) if row.belongs else None
        return PushMatter(MailForm(row.form) if row.form else None, row.since, reader, row.read)

    async def settle(self, due: DuePush, again: datetime | None) -> None:
        """Done with, or due again then."""
        await settle(self._database, KIND, due.practice, due.mail, due.held, again)


async def wake_push(
    connection: AsyncConnection, practice: PracticeId, person: PersonId, mail: MailId, at: datetime
) -> None:
    """In the transaction that owes the mail: whose browser is told, too."""
    asked = select(_s.id).where(_s.practice_id == practice, _s.person_id == person).limit(1)
    if await connection.scalar(asked) is not None:
        await wake(connection, KIND, practice, mail, at)


def _reader(practice: PracticeId, row: Any) -> StoredPerson:
    return StoredPerson(
        practice,
        PersonId(row.person_id),
        Role(row.role),
        EmailMode(row.email_mode),
        active=True,
        created_at=row.created_at,
        password_hash=None,
        sealed=row.sealed,
    )


def _subscription(row: Any) -> StoredSubscription:
    return StoredSubscription(
        practice=PracticeId(row.practice_id),
        id=row.id,
        person=PersonId(row.person_id),
        sign_in=SignInId(row.sign_in_id),
        created_at=row.created_at,
        sealed=row.sealed,
        told_at=row.told_at,
    )
