"""What else changes in the transaction that writes an entry: sessions, owed mail, letters found again, attachments."""

from typing import Any, assert_never

import asyncpg

from messaging.stored import (
    Attach,
    Effect,
    EndSession,
    NoteMessageId,
    OpenSession,
    Outcome,
    Owe,
    Posting,
    Settle,
)


async def apply_effects(connection: asyncpg.Connection, posting: Posting, result: Outcome) -> None:
    """Applies them in order, under the conversation's lock that the writer holds."""
    for effect in posting.effects:
        for statement, arguments in _statements(effect, posting, result):
            await connection.execute(statement, posting.practice, posting.entry.conversation, *arguments)


def _statements(effect: Effect, posting: Posting, result: Outcome) -> list[tuple[str, tuple[Any, ...]]]:
    match effect:
        case OpenSession(session):
            opened = (session.id, session.starts, session.minutes, session.opened_at)
            return [(_OPEN, opened), (_LIVE, (session.id,))]
        case EndSession(at):
            return [(_END, (at,)), (_LIVE, (None,))]
        case Owe():
            owed = (effect.mail, result.number, effect.person, posting.entry.at, effect.sealed)
            return [
                (_OWE, owed),
                (_QUEUE, (effect.mail, posting.entry.at)),
                (_DIRECT, (effect.mail, effect.found_by)),
                (_FIND_AGAIN, (effect.message_id, posting.entry.letter)),
            ]
        case NoteMessageId(message_id):
            return [(_FIND_AGAIN, (message_id, posting.entry.letter))]
        case Attach():
            return [(_ATTACH, (effect.id, result.number, effect.size, effect.sealed))]
        case Settle(original, state):
            return [(_SETTLE, (original, state.value)), (_UNQUEUE, (original,))]
        case _:
            assert_never(effect)


_OPEN = """
insert into sessions (practice_id, conversation_id, id, state, starts, minutes, opened_at)
values ($1, $2, $3, 'live', $4, $5, $6)
on conflict (practice_id, id) do update
    set state = 'live', opened_at = excluded.opened_at, minutes = excluded.minutes
"""
_END = """
update sessions set state = 'ended', ended_at = $3
 where practice_id = $1 and conversation_id = $2 and state = 'live'
"""
_LIVE = "update conversations set live_session = $3 where practice_id = $1 and id = $2"
_OWE = """
insert into outbox (practice_id, conversation_id, id, number, person_id, state, attempts, created_at, next_at, sealed)
values ($1, $2, $3, $4, $5, 'owed', 0, $6, $6, $7)
"""
# The conversation is named only to keep one shape of arguments.
_QUEUE = """
insert into queue (kind, practice_id, id, next_at) select 'send', $1, $3, $4 where $2::uuid is not null
"""
_DIRECT = """
insert into directory (kind, practice_id, target_id, hash) select 'mail', $1, $3, $4 where $2::uuid is not null
"""
_UNQUEUE = "delete from queue where kind = 'read' and practice_id = $1 and id = $3 and $2::uuid is not null"
_FIND_AGAIN = """
insert into message_ids (practice_id, conversation_id, hash, letter_id) values ($1, $2, $3, $4)
on conflict do nothing
"""
_ATTACH = """
insert into attachments (practice_id, conversation_id, id, number, size, sealed) values ($1, $2, $3, $4, $5, $6)
"""
_SETTLE = """
update originals set state = $4, reason = null, conversation_id = $2 where practice_id = $1 and id = $3
"""
