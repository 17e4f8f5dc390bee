"""Care that ends and begins again, as kept: what is still to come, and what changes in the transaction of its event."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, func, select

from messaging.conversations import SessionState
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.ending import Ahead, BeginCare, EndCare, PlanEnd, Planned
from messaging.memory.sending_later import PendingState
from messaging.messages import Channel, EntryKind
from messaging.people import Role
from messaging.trust.access import Errand
from threads.database import Database
from threads.queue import claim, settle
from threads.sessions.sessions import session_of_row
from threads.tables.conversations import conversations, members
from threads.tables.drafts import pending_letters
from threads.tables.record import entries
from threads.tables.sessions import sessions

ENDING: Final = "ending"
"""In the queue: a conversation whose end is planned."""
_c, _e, _m, _p, _s = conversations.c, entries.c, members.c, pending_letters.c, sessions.c


class Care:
    """See `messaging.memory.ending.Care`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ahead(self, way: Errand) -> Ahead:
        """All of it, as it stands now."""
        practice, conversation = way.practice, way.conversation
        booked = (
            select(sessions)
            .where(
                _s.practice_id == practice,
                _s.conversation_id == conversation,
                _s.state == SessionState.BOOKED,
            )
            .order_by(_s.starts, _s.id)
        )
        planned = (
            select(_p.author_id, _p.id, _p.send_at)
            .where(
                _p.practice_id == practice,
                _p.conversation_id == conversation,
                _p.state == PendingState.WAITING,
                _p.send_at.is_not(None),
                _p.author_id.not_in(_clients(way)),
            )
            .order_by(_p.send_at, _p.id)
        )
        async with self._database.within(practice) as connection:
            return Ahead(
                tuple(session_of_row(row) for row in await connection.execute(booked)),
                await connection.scalar(_waiting(way)) or 0,
                tuple(
                    Planned(PersonId(row.author_id), row.id, row.send_at)
                    for row in await connection.execute(planned)
                ),
            )

    async def ends_due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations until `now + lease`."""
        claimed = await claim(self._database, ENDING, now, lease.total_seconds(), limit)
        return [(PracticeId(practice), ConversationId(item)) for practice, item in claimed]

    async def end_attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""
        await settle(self._database, ENDING, way.practice, way.conversation, held_until, again)


def _clients(way: Errand) -> Any:
    return select(_m.person_id).where(
        _m.practice_id == way.practice,
        _m.conversation_id == way.conversation,
        _m.role == Role.CLIENT,
    )


def _waiting(way: Errand) -> Any:
    """Letters of those in care since the wait began; one where they are of before, for care was begun again."""
    since = (
        select(_c.waiting_since)
        .where(_c.practice_id == way.practice, _c.id == way.conversation)
        .scalar_subquery()
    )
    return (
        select(case((since.is_(None), 0), else_=func.greatest(func.count(), 1)))
        .select_from(entries)
        .where(
            _e.practice_id == way.practice,
            _e.conversation_id == way.conversation,
            _e.kind == EntryKind.MESSAGE,
            _e.channel != Channel.CHAT,
            _e.author_id.in_(_clients(way)),
            _e.at >= since,
        )
    )


def care_statements(effect: EndCare | BeginCare | PlanEnd) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements and their arguments from the third on; practice and conversation come first in each."""
    if isinstance(effect, BeginCare):
        return [(_BEGIN, (effect.at,))]
    if isinstance(effect, PlanEnd):
        return [(_PLAN, (effect.at,))] if effect.at is not None else [(_PLAN_NO_MORE, ())]
    return [(_END, (effect.at,)), (_CALL_OFF, (effect.at,)), (_LET_LIE, ())]


_END: Final = """
update conversations set ended_at = $3, waiting_since = null, revision = revision + 1
 where practice_id = $1 and id = $2 and ended_at is null
"""
# What those in care wrote meanwhile, and nobody answered, waits from now on.
_BEGIN: Final = """
update conversations c set ended_at = null, revision = revision + 1, waiting_since = case when exists (
       select from entries e join members m on m.practice_id = e.practice_id and m.conversation_id = e.conversation_id
                                           and m.person_id = e.author_id
        where e.practice_id = c.practice_id and e.conversation_id = c.id and e.kind = 'message'
          and e.channel <> 'chat' and e.at >= c.ended_at and m.role = 'client'
          and not exists (
              select from entries a join members o on o.practice_id = a.practice_id
                      and o.conversation_id = a.conversation_id and o.person_id = a.author_id
               where a.practice_id = c.practice_id and a.conversation_id = c.id and a.kind = 'message'
                 and a.channel <> 'chat' and a.number > e.number and o.role <> 'client')) then $3::timestamptz end
 where c.practice_id = $1 and c.id = $2 and c.ended_at is not null
"""
# As a clinician would call them off; told by whoever attends the queue, if not before. The hour is free for others.
_CALL_OFF: Final = """
with ended as (
    update sessions set state = 'cancelled', sequence = sequence + 1
     where practice_id = $1 and conversation_id = $2 and state = 'booked' returning id
), freed as (
    update slots set session_id = null from ended where slots.practice_id = $1 and slots.session_id = ended.id
)
insert into queue (kind, practice_id, id, next_at) select 'session', $1, id, $3 from ended
on conflict (kind, practice_id, id) do update set next_at = excluded.next_at
"""
# What a clinician planned was written for care that goes on: they see that it did not go. Clients' letters always go.
_LET_LIE: Final = """
with stopped as (
    update pending_letters p set state = 'care_ended'
     where p.practice_id = $1 and p.conversation_id = $2 and p.state = 'waiting' and p.send_at is not null
       and not exists (select from members m where m.practice_id = $1 and m.conversation_id = $2
                          and m.person_id = p.author_id and m.role = 'client')
    returning queued_as
)
delete from queue using stopped
 where queue.kind = 'letter' and queue.practice_id = $1 and queue.id = stopped.queued_as
"""
_PLAN: Final = """
insert into queue (kind, practice_id, id, next_at) values ('ending', $1, $2, $3)
on conflict (kind, practice_id, id) do update set next_at = excluded.next_at
"""
_PLAN_NO_MORE: Final = "delete from queue where kind = 'ending' and practice_id = $1 and id = $2"
DECISIVE: Final = frozenset({_END, _BEGIN})
"""Statements that must find their row: otherwise somebody else was first."""
