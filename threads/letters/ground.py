"""What a letter is written upon, asked for many letters at once: one statement over many practices."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from messaging.conversations import Ground
from messaging.ids import ConversationId, LetterId, PersonId, PracticeId
from threads.database import read_within
from threads.practice.rows import practice_of_row

Asked = tuple[PracticeId, ConversationId, PersonId, UUID]
"""Where, by whom, and the key of the letter."""
# Only who is in care waits, and only then their letters are looked through, back to when the wait began.
GROUND: Final = """
select a.ord, p.practice_id, p.slug, p.name, p.time_zone, p.mail_domain, p.numbers, p.settings,
       exists (select from entries e
                where e.practice_id = a.practice_id and e.conversation_id = a.conversation_id
                  and e.author_id = a.author_id and e.key = a.key) as known,
       case when c.waiting_since is not null and m.role = 'client' then (
           select e.letter_id from entries e
            where e.practice_id = a.practice_id and e.conversation_id = a.conversation_id and e.author_id = a.author_id
              and e.kind = 'message' and e.letter_id is not null and e.at >= c.waiting_since
            order by e.number desc limit 1) end as waiting,
       array(select t.person_id from reply_tokens t
              where t.practice_id = a.practice_id and t.conversation_id = a.conversation_id and t.revoked_at is null
              order by t.created_at, t.hash) as people,
       array(select t.sealed from reply_tokens t
              where t.practice_id = a.practice_id and t.conversation_id = a.conversation_id and t.revoked_at is null
              order by t.created_at, t.hash) as tokens
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
       with ordinality as a (practice_id, conversation_id, author_id, key, ord)
  join conversations c on c.practice_id = a.practice_id and c.id = a.conversation_id
  join practices p on p.practice_id = a.practice_id
  left join members m on m.practice_id = a.practice_id and m.conversation_id = a.conversation_id
                     and m.person_id = a.author_id and m.left_at is null
"""


async def read_ground(connection: asyncpg.Connection, asked: Sequence[Asked]) -> list[Ground | None]:
    """Each its own answer, in order."""
    columns = [list(column) for column in zip(*asked, strict=True)]
    rows = await read_within(connection, columns[0], GROUND, *columns)
    found = {row.ord: _ground(row) for row in rows}
    return [found.get(place) for place in range(1, len(asked) + 1)]


def _ground(row: Any) -> Ground:
    return Ground(
        practice=practice_of_row(row),
        known=row.known,
        waiting=None if row.waiting is None else LetterId(row.waiting),
        tokens={PersonId(who): token for who, token in zip(row.people, row.tokens, strict=True)},
    )
