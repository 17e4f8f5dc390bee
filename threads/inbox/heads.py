"""Where conversations stand in an inbox: asked of all of them at once, of columns in the clear, without people and words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.conversations import AnswerRule, Snoozed
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.inbox import InboxCounts, InboxHead
from messaging.memory.leaving import ADMINISTRATORS
from threads.inbox.raised import RAISED
from threads.practice.away import read_away

_MINE: Final = """
mine as materialized (
    select m.conversation_id, m.read_number, m.first_number, m.snoozed_until, m.snoozed_number
      from members m
     where m.practice_id = :practice and m.person_id = :person and m.left_at is null
       and m.role in ('therapist', 'psychiatrist', 'supervisor')
       and (m.cover_until is null or m.cover_until > now())
),
held as materialized (
    select o.conversation_id, min(o.received_at) as since
      from originals o
     where o.practice_id = :practice and o.state = 'held' and o.conversation_id is not null
     group by o.conversation_id
)"""
_AFTER_END: Final = """
c.ended_at is not null and c.last_number > mine.read_number and exists (
    select from lateral (
        select e.author_id, e.at, e.number from entries e
         where e.practice_id = c.practice_id and e.conversation_id = c.id and e.kind = 'message'
         order by e.number desc limit 1) as last
     where last.at >= c.ended_at and last.number > mine.read_number and not exists (
        select from members a
         where a.practice_id = c.practice_id and a.conversation_id = c.id and a.person_id = last.author_id
           and a.left_at is null and a.role <> 'client'))"""
_HEADS: Final = text(f"""
with {_MINE}
select c.id, c.waiting_since, held.since as held_since, c.answer_weekday, c.answer_by, c.answer_days, c.away, c.last_at,
       c.live_session is not null as live, c.ended_at is not null as ended, c.labels,
       mine.snoozed_until, mine.snoozed_number,
       case when c.last_at > :long_ago then (
           select e.at from entries e
            where e.practice_id = c.practice_id and e.conversation_id = c.id and e.kind = 'message'
              and e.number >= mine.first_number
            order by e.number desc limit 1) end as said_at,
       c.last_number > mine.read_number and exists (
           select from entries e
            where e.practice_id = c.practice_id and e.conversation_id = c.id and e.number > mine.read_number
              and e.kind = 'message' and e.author_id <> :person) as fresh,
       {_AFTER_END} as after_end, {RAISED} as raised_at,
       mine.snoozed_number is not null and exists (
           select from entries e
             join members a on a.practice_id = e.practice_id and a.conversation_id = e.conversation_id
                           and a.person_id = e.author_id and a.role = 'client'
            where e.practice_id = c.practice_id and e.conversation_id = c.id and e.number > mine.snoozed_number
              and e.kind = 'message') as answered_aside,
       (select a.person_id from members a
         where a.practice_id = c.practice_id and a.conversation_id = c.id and a.person_id = c.assignee_id
           and a.left_at is null and a.role in ('therapist', 'psychiatrist', 'supervisor')) as assignee
  from mine
  join conversations c on c.practice_id = :practice and c.id = mine.conversation_id
  left join held on held.conversation_id = c.id
""")  # noqa: S608 - made of the texts above
_COUNTS: Final = text(f"""
with {_MINE}
select (select count(*) from mine
          join conversations c on c.practice_id = :practice and c.id = mine.conversation_id
          left join held on held.conversation_id = c.id
         where c.waiting_since is not null or held.since is not null or ({_AFTER_END})
            or {RAISED} is not null) as waiting,
       (select count(*) from originals o
         where o.practice_id = :practice and o.state = 'held' and o.reason is distinct from :administrators
           and (o.conversation_id in (select conversation_id from mine)
                or o.conversation_id is null and (o.person_id is null or exists (
                    select from members a
                     where a.practice_id = :practice and a.person_id = o.person_id
                       and a.conversation_id in (select conversation_id from mine))))) as held
""")  # noqa: S608
_OWN: Final = text(f"""
with {_MINE}
select conversation_id from mine
 where cast(:clients as uuid[]) is null or exists (
    select from members a
     where a.practice_id = :practice and a.conversation_id = mine.conversation_id and a.left_at is null
       and a.role = 'client' and a.person_id = any(cast(:clients as uuid[])))
""")  # noqa: S608


async def own_of(
    connection: AsyncConnection,
    practice: PracticeId,
    person: PersonId,
    clients: Sequence[PersonId] | None = None,
) -> list[ConversationId]:
    """Where this person cares, of all or of some clients."""
    asked = {"practice": practice, "person": person, "clients": None if clients is None else list(clients)}
    return [ConversationId(one) for one in await connection.scalars(_OWN, asked)]


async def heads_of(
    connection: AsyncConnection, practice: PracticeId, person: PersonId, long_ago: datetime
) -> list[InboxHead]:
    """Of all those."""
    asked = {"practice": practice, "person": person, "long_ago": long_ago}
    return [_head(row) for row in (await connection.execute(_HEADS, asked)).all()]


async def counts_of(connection: AsyncConnection, practice: PracticeId, person: PersonId) -> InboxCounts:
    """How many."""
    asked = {"practice": practice, "person": person, "administrators": ADMINISTRATORS}
    row = (await connection.execute(_COUNTS, asked)).one()
    return InboxCounts(row.waiting, row.held)


def _head(row: "Row[Any]") -> InboxHead:
    assignee: UUID | None = row.assignee
    return InboxHead(
        conversation=ConversationId(row.id),
        waiting_since=row.waiting_since,
        held_since=row.held_since,
        answer=AnswerRule(row.answer_weekday, row.answer_by, row.answer_days, read_away(row.away)),
        last_at=row.last_at,
        said_at=row.said_at,
        live=row.live,
        ended=row.ended,
        fresh=row.fresh,
        after_end=row.after_end,
        raised_at=row.raised_at,
        snoozed=None if row.snoozed_until is None else Snoozed(row.snoozed_until, row.snoozed_number or 0),
        answered_aside=row.answered_aside,
        assignee=PersonId(assignee) if assignee else None,
        labels=row.labels,
    )
