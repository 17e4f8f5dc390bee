"""Pages for those who follow: what each lacks, read for many conversations at a time.

A message said at one node is read by every other that follows the conversation. One transaction each was most of what a
second node cost; so pages that are asked for while others are read come together, in one statement.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import asyncpg

from messaging.ids import ConversationId, PracticeId
from messaging.memory.lookups import StoredPage
from threads.database import read_within
from threads.record.thread import HIGHEST, OCTETS, with_amendments

ENTRIES: Final = 1000
"""Of one statement, unless one conversation alone has more: bounds the memory and the time the loop spends with it."""

Asked = tuple[PracticeId, ConversationId, int, int]
"""Of which conversation, from after which number on, how many at most."""

PAGES: Final = """
with asked as materialized (
    select a.*, c.revision
      from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[]) with ordinality
           as a (practice_id, conversation_id, after, most, ord)
      join conversations c on c.practice_id = a.practice_id and c.id = a.conversation_id
), page as materialized (
    select a.ord, e.*
      from asked a
      join lateral (select n.*, sum(octet_length(n.sealed)) over (order by n.number) - octet_length(n.sealed) as ahead
                      from (select * from entries e
                             where e.practice_id = a.practice_id and e.conversation_id = a.conversation_id
                               and e.number > a.after order by e.number limit a.most) n) e on e.ahead < $5
), bounds as materialized (
    select ord, practice_id, conversation_id, least(min(number), min(amends)) as first, max(number) as last
      from page group by ord, practice_id, conversation_id
), told as materialized (
    select false as beside, page.* from page
    union all
    select true, b.ord, e.*, 0
      from bounds b
      join entries e on e.practice_id = b.practice_id and e.conversation_id = b.conversation_id
                    and e.amends between b.first and b.last
)
select a.ord as question, a.revision, t.* from asked a left join told t on t.ord = a.ord order by a.ord
"""
"""The revision is of the same state as the entries. What a page says depends on what was said of it later (`beside`)."""


def entries_at_most(asked: Asked) -> int:
    """How heavy a question may be."""
    return asked[3]


async def read_pages(connection: asyncpg.Connection, asked: Sequence[Asked]) -> list[StoredPage | None]:
    """Each question's page; None where there is no such conversation."""
    practices = [practice for practice, *_ in asked]
    conversations = [conversation for _, conversation, _, _ in asked]
    after = [min(number, HIGHEST) for _, _, number, _ in asked]
    most = [most for *_, most in asked]
    rows = await read_within(connection, practices, PAGES, practices, conversations, after, most, OCTETS)
    found = {question: list(group) for question, group in groupby(rows, key=lambda row: row.question)}
    return [_page(found[i]) if i in found else None for i in range(1, len(asked) + 1)]


def _page(rows: list[Any]) -> StoredPage:
    told = [row for row in rows if row.ord is not None]
    return StoredPage(tuple(with_amendments(told)), rows[0].revision)
