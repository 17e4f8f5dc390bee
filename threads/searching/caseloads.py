"""The conversations of a person, with their members, and nothing that was said in them."""

from itertools import groupby

from sqlalchemy import select

from messaging.conversations import Conversation
from messaging.ids import PersonId, PracticeId
from threads.database import Database
from threads.practice.whole import WHOLE, conversation_of_rows
from threads.tables.conversations import conversations, members

_c, _m = conversations.c, members.alias("mine").c


class Caseloads:
    """See `messaging.memory.searching.Caseloads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[Conversation]:
        """All they belong to now, with their members."""
        mine = select(_m.conversation_id).where(
            _m.practice_id == practice, _m.person_id == person, _m.left_at.is_(None)
        )
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(WHOLE.where(_c.practice_id == practice, _c.id.in_(mine)))).all()
        return [conversation_of_rows(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]
