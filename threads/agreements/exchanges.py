"""Answers as they are counted: letters by who cares, and what kind each is said to be."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text

from messaging.ids import EntryId, PersonId
from messaging.memory.exchanges import AnswerBy, Reply, ReplyKind
from messaging.trust.access import Way
from threads.database import Database

# What its own entry says of a letter, or the last that was said of it since.
_OF_KIND: Final = """
select e.practice_id, e.conversation_id, e.number, e.id, e.author_id, e.at,
       coalesce((select s.kind from entry_subjects s where s.practice_id = e.practice_id and s.about = e.id
                    and s.kind in ('therapeutic', 'clarification', 'administrative')
                  order by s.number desc limit 1), 'therapeutic') as kind,
       (select count(*) from entry_subjects s where s.practice_id = e.practice_id and s.about = e.id
           and s.kind in ('therapeutic', 'clarification', 'administrative') and s.number > e.number) as said
  from entries e join people p on p.practice_id = e.practice_id and p.id = e.author_id
 where e.practice_id = :practice and e.kind = 'message' and e.channel <> 'chat'
   and p.role in ('therapist', 'psychiatrist', 'supervisor')
"""
_REPLIES: Final = text(
    f"{_OF_KIND} and e.conversation_id = :conversation and e.number > :after order by e.number"
)


class Exchanges:
    """See `messaging.memory.exchanges.Exchanges`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replies(self, way: Way, after: int) -> Sequence[Reply]:
        """In order."""
        asked = {"practice": way.practice, "conversation": way.conversation, "after": after}
        async with self._database.within(way.practice) as connection:
            return [_reply(row) for row in await connection.execute(_REPLIES, asked)]


def _reply(row: Any) -> Reply:
    return Reply(
        number=row.number,
        id=EntryId(row.id),
        author=PersonId(row.author_id),
        at=row.at,
        kind=ReplyKind(row.kind),
        said=row.said,
    )


def answered_statements(effect: AnswerBy) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements and their arguments from the third on; practice and conversation come first in each."""
    rule = effect.rule
    return [(_ANSWER_BY, (rule.weekday, rule.by, rule.days)), (_LOOK_AGAIN, ())]


_ANSWER_BY: Final = """
update conversations set answer_weekday = $3, answer_by = $4, answer_days = $5 where practice_id = $1 and id = $2
"""
# What was promised is another time now.
_LOOK_AGAIN: Final = """
update queue set next_at = least(next_at, now()) where kind = 'promise' and practice_id = $1 and id = $2
"""
