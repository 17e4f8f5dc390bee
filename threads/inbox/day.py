"""What a clinician's day lists of conversations: those in which somebody waits, whole and without their words."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, Select, Uuid, and_, any_, exists, literal, or_, select

from messaging.conversations import Conversation
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.messages import EntryKind
from threads.database import Database
from threads.practice.conversations import WHOLE, conversation_of_rows
from threads.tables.conversations import conversations, members
from threads.tables.record import entries

_c, _e = conversations.c, entries.c


class Days:
    """See `messaging.memory.inbox.Days`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def own(self, practice: PracticeId, person: PersonId) -> list[ConversationId]:
        """All conversations this person belongs to."""
        async with self._database.within(practice) as connection:
            found = await connection.scalars(_own(practice, person))
            return [ConversationId(one) for one in found]

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
