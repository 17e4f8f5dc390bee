"""What a clinician's day lists of conversations: those in which somebody waits, whole and without their words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, Select, Uuid, and_, any_, exists, func, literal, or_, select

from messaging.conversations import Conversation, Session
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.arriving import OriginalState
from messaging.messages import EntryKind
from threads.database import Database
from threads.practice.whole import WHOLE, conversation_of_rows
from threads.sessions.sessions import session_of_row
from threads.tables.conversations import conversations, members
from threads.tables.mail import originals
from threads.tables.record import entries
from threads.tables.sessions import sessions

_c, _e, _o, _s = conversations.c, entries.c, originals.c, sessions.c


class Days:
    """See `messaging.memory.inbox.Days`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sessions(
        self, practice: PracticeId, person: PersonId, since: datetime, until: datetime
    ) -> list[Session]:
        """Those of these conversations that start within, in order, whatever their state."""
        query = (
            select(sessions)
            .where(
                _s.practice_id == practice,
                _s.starts >= since,
                _s.starts < until,
                _s.conversation_id.in_(_own(practice, person)),
            )
            .order_by(_s.starts, _s.id)
        )
        async with self._database.within(practice) as connection:
            return [session_of_row(row) for row in await connection.execute(query)]

    async def held_since(self, practice: PracticeId, person: PersonId) -> Mapping[ConversationId, datetime]:
        """Where letters of theirs wait in the screener, and since when the first does."""
        query = (
            select(_o.conversation_id, func.min(_o.received_at).label("since"))
            .where(
                _o.practice_id == practice,
                _o.state == OriginalState.HELD,
                _o.conversation_id.in_(_own(practice, person)),
            )
            .group_by(_o.conversation_id)
        )
        async with self._database.within(practice) as connection:
            found = await connection.execute(query)
            return {ConversationId(row.conversation_id): row.since for row in found}

    async def at_hand(
        self, practice: PracticeId, person: PersonId, also: Sequence[ConversationId]
    ) -> list[Conversation]:
        """Those of theirs where somebody waits, is in a session, or wrote unread after care ended; and of `also` theirs."""
        wanted = or_(
            _c.waiting_since.is_not(None),
            _c.live_session.is_not(None),
            _c.id == any_(literal(list(also), ARRAY(Uuid))),
            _written_after_end(person),
        )
        query = WHOLE.where(_c.practice_id == practice, _c.id.in_(_own(practice, person)), wanted)
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(query)).all()
        return [conversation_of_rows(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _own(practice: PracticeId, person: PersonId) -> Select[Any]:
    m = members.c
    return select(m.conversation_id).where(
        m.practice_id == practice, m.person_id == person, m.left_at.is_(None)
    )


def _written_after_end(person: PersonId) -> Any:
    """Somebody else's words beyond the reader's mark, since care ended. Few have ended and were written to since."""
    mine = members.alias("mine")
    return and_(
        _c.ended_at.is_not(None),
        exists().where(
            mine.c.practice_id == _c.practice_id,
            mine.c.conversation_id == _c.id,
            mine.c.person_id == person,
            _e.practice_id == _c.practice_id,
            _e.conversation_id == _c.id,
            _e.number > mine.c.read_number,
            _e.at >= _c.ended_at,
            _e.kind == EntryKind.MESSAGE,
            _e.author_id != person,
        ),
    )
