"""What is counted over a whole practice. See `messaging.memory.counting`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text, Uuid, and_, cast, func, select

from messaging.conversations import AnswerRule, SessionState
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.counting import Case, Took, Written
from messaging.messages import Channel, EntryKind
from messaging.people import Role
from threads.database import Database
from threads.tables.conversations import conversations, members
from threads.tables.record import entries
from threads.tables.sessions import sessions

_c, _m, _e, _s = conversations.c, members.c, entries.c, sessions.c


class Counting:
    """See `messaging.memory.counting.Counting`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases(self, practice: PracticeId) -> Mapping[ConversationId, Case]:
        """Every conversation that somebody was ever in care in."""
        client = cast(func.min(cast(_m.person_id, Text)), Uuid).label("client")
        query = (
            select(_c.id, _c.answer_weekday, _c.answer_by, _c.answer_days, client)
            .join(members, and_(_m.practice_id == _c.practice_id, _m.conversation_id == _c.id))
            .where(_c.practice_id == practice, _m.role == Role.CLIENT)
            .group_by(_c.id, _c.answer_weekday, _c.answer_by, _c.answer_days)
        )
        async with self._database.within(practice) as connection:
            return {ConversationId(row.id): _case(row) for row in await connection.execute(query)}

    async def written(self, practice: PracticeId, since: datetime, limit: int) -> list[Written]:
        """Letters from then on: one conversation after the other, each in order. The newest `limit` of all."""
        newest = (
            select(_e.conversation_id, _e.number, _e.author_id, _e.at, _m.role)
            .join(
                members,
                and_(
                    _m.practice_id == _e.practice_id,
                    _m.conversation_id == _e.conversation_id,
                    _m.person_id == _e.author_id,
                ),
            )
            .where(
                _e.practice_id == practice,
                _e.kind == EntryKind.MESSAGE,
                _e.channel != Channel.CHAT,
                _e.amends.is_(None),
                _e.at >= since,
            )
            .order_by(_e.at.desc())
            .limit(limit)
            .subquery()
        )
        query = select(newest).order_by(newest.c.conversation_id, newest.c.number)
        async with self._database.within(practice) as connection:
            return [
                Written(
                    ConversationId(row.conversation_id),
                    PersonId(row.author_id),
                    row.at,
                    by_client=row.role == Role.CLIENT,
                )
                for row in await connection.execute(query)
            ]

    async def took(self, practice: PracticeId, since: datetime, until: datetime, limit: int) -> list[Took]:
        """Sessions that started within, in order."""
        query = (
            select(_s.conversation_id, _s.starts, _s.state, _s.late)
            .where(_s.practice_id == practice, _s.starts >= since, _s.starts < until)
            .order_by(_s.starts)
            .limit(limit)
        )
        async with self._database.within(practice) as connection:
            return [
                Took(ConversationId(row.conversation_id), row.starts, SessionState(row.state), row.late)
                for row in await connection.execute(query)
            ]


def _case(row: Any) -> Case:
    return Case(PersonId(row.client), AnswerRule(row.answer_weekday, row.answer_by, row.answer_days))
