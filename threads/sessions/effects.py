"""What changes in the transaction that writes a session's event: the session, the conversation's live one, and the queue."""

from typing import Any, assert_never

from messaging.memory.sessions import EndSession, ExtendSession, MissSession, OpenSession


def session_statements(
    effect: OpenSession | ExtendSession | EndSession | MissSession,
) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements and their arguments from the third on; practice and conversation come first in each."""
    match effect:
        case OpenSession(session):
            opened = (session.id, session.starts, session.minutes, session.opened_at)
            until = (session.id, session.words_until)
            return [(_OPEN, opened), (_LIVE, until), (_ATTEND, until)]
        case ExtendSession(session):
            until = (session.id, session.words_until)
            return [(_EXTEND, (session.id, session.minutes)), (_LONGER, until), (_ATTEND, until)]
        case EndSession(session, at, if_over):
            return [(_END_IF_OVER if if_over else _END, (session, at)), (_IDLE, ()), (_LET_BE, (session,))]
        case MissSession(session):
            return [(_MISS, (session.id, session.sequence)), (_LET_BE, (session.id,))]
        case _:
            assert_never(effect)


_OPEN = """
insert into sessions (practice_id, conversation_id, id, state, starts, minutes, opened_at)
values ($1, $2, $3, 'live', $4, $5, $6)
on conflict (practice_id, id) do update
    set state = 'live', opened_at = excluded.opened_at, minutes = excluded.minutes
  where sessions.state = 'booked'
"""
_EXTEND = """
update sessions set minutes = greatest(minutes, $4)
 where practice_id = $1 and conversation_id = $2 and id = $3 and state = 'live'
"""
_END = """
update sessions set state = 'ended', ended_at = $4
 where practice_id = $1 and conversation_id = $2 and id = $3 and state = 'live'
"""
_END_IF_OVER = """
update sessions set state = 'ended', ended_at = $4
 where practice_id = $1 and conversation_id = $2 and id = $3 and state = 'live'
   and coalesce((select live_until <= $4 from conversations where practice_id = $1 and id = $2), true)
"""
_MISS = """
update sessions set state = 'missed'
 where practice_id = $1 and conversation_id = $2 and id = $3 and state = 'booked' and sequence = $4
"""
DECISIVE = frozenset({_OPEN, _EXTEND, _END, _END_IF_OVER, _MISS})
"""Statements that must find their row: otherwise something else was committed first."""
_LIVE = "update conversations set live_session = $3, live_until = $4 where practice_id = $1 and id = $2"
_IDLE = "update conversations set live_session = null, live_until = null where practice_id = $1 and id = $2"
_LONGER = """
update conversations set live_until = greatest(live_until, $4)
 where practice_id = $1 and id = $2 and live_session = $3
"""
# The conversation is named only to keep one shape of arguments, here and below.
_ATTEND = """
insert into queue (kind, practice_id, id, next_at) select 'session', $1, $3, $4 where $2::uuid is not null
on conflict (kind, practice_id, id) do update set next_at = excluded.next_at
"""
_LET_BE = "delete from queue where kind = 'session' and practice_id = $1 and id = $3 and $2::uuid is not null"
