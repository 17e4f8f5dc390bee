"""What is kept after care has ended, by when it did."""

from collections.abc import Sequence

from sqlalchemy import func, select

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.ending import Over
from messaging.people import Role
from threads.database import Database
from threads.tables.conversations import conversations, members
from threads.tables.people import people

_c, _m, _p = conversations.c, members.c, people.c


class Retention:
    """See `messaging.memory.ending.Retention`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def over(self, practice: PracticeId) -> Sequence[Over]:
        """Conversations in which care has ended, the longest ago first. Who left before is of them too."""
        of_clients = (
            (_m.practice_id == _c.practice_id) & (_m.conversation_id == _c.id) & (_m.role == Role.CLIENT)
        )
        clients = func.array_agg(_m.person_id.distinct()).filter(_m.person_id.is_not(None))
        query = (
            select(_c.id, _c.ended_at, clients.label("clients"))
            .select_from(conversations.outerjoin(members, of_clients))
            .where(_c.practice_id == practice, _c.ended_at.is_not(None))
            .group_by(_c.id, _c.ended_at)
            .order_by(_c.ended_at, _c.id)
        )
        async with self._database.within(practice) as connection:
            return [
                Over(ConversationId(row.id), row.ended_at, tuple(map(PersonId, row.clients or ())))
                for row in await connection.execute(query)
            ]

    async def nowhere(self, practice: PracticeId, clients: Sequence[PersonId]) -> Sequence[PersonId]:
        """Those of these clients of whom no conversation is here any more."""
        belongs = select(_m.person_id).where(_m.practice_id == practice, _m.person_id.in_(clients))
        query = select(_p.id).where(
            _p.practice_id == practice,
            _p.id.in_(clients),
            _p.role == Role.CLIENT,
            _p.sealed != b"",
            _p.id.not_in(belongs),
        )
        async with self._database.within(practice) as connection:
            return [PersonId(one) for one in (await connection.scalars(query)).all()]
