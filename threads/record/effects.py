"""What else changes in the transaction that writes an entry: sessions, owed mail, letters found again, attachments."""

from typing import Any, assert_never

import asyncpg

from messaging.memory.arriving import Attach, FileState, NoteMessageIds, Settle
from messaging.memory.check_ins import KeepCheckIn
from messaging.memory.conversations import ReadFromStart
from messaging.memory.drafts import DropDraft
from messaging.memory.ending import BeginCare, EndCare
from messaging.memory.leaving import Owe, Watch
from messaging.memory.record import Effect, Outcome, Posting
from messaging.memory.sending_later import NoLetterSince
from messaging.memory.sessions import EndSession, ExtendSession, MissSession, OpenSession
from messaging.memory.uploads import AttachUpload
from threads.ending import care
from threads.practice import from_start
from threads.sessions.effects import DECISIVE, session_statements


class Overtaken(asyncpg.PostgresError):  # type: ignore[misc]  # asyncpg has no types
    """Something else was committed between the decision and this transaction, which therefore changes nothing.

    One of the database's own faults, to the writer: the posting is taken out of its batch and refused, and whoever asked
    decides anew by what stands now.
    """


async def apply_effects(connection: asyncpg.Connection, posting: Posting, result: Outcome) -> None:
    """Applies them in order, under the conversation's lock that the writer holds. Raises Overtaken."""
    for effect in posting.effects:
        for statement, arguments in _statements(effect, posting, result):
            done = await connection.execute(
                statement, posting.practice, posting.entry.conversation, *arguments
            )
            if statement in _DECISIVE and done.endswith(" 0"):
                raise Overtaken


def _statements(effect: Effect, posting: Posting, result: Outcome) -> list[tuple[str, tuple[Any, ...]]]:
    match effect:
        case OpenSession() | ExtendSession() | EndSession() | MissSession():
            return session_statements(effect)
        case Owe():
            return _owed(effect, posting, result)
        case NoteMessageIds(message_ids):
            return _found_again(message_ids, posting)
        case Attach() | AttachUpload():
            return _attached(effect, posting, result)
        case Settle(original, state):
            return [(_SETTLE, (original, state.value)), (_UNQUEUE, (original,))]
        case (
            KeepCheckIn()
            | Watch()
            | DropDraft()
            | NoLetterSince()
            | EndCare()
            | BeginCare()
            | ReadFromStart()
        ):
            return _own(effect, posting)
        case _:
            assert_never(effect)


def _attached(
    effect: Attach | AttachUpload, posting: Posting, result: Outcome
) -> list[tuple[str, tuple[Any, ...]]]:
    if isinstance(effect, AttachUpload):
        return [(_ATTACH_UPLOAD, (effect.id, result.number, posting.entry.author))]
    state = FileState.WAITING if effect.waiting else FileState.CLEAN
    kept = (_ATTACH, (effect.id, result.number, effect.size, effect.sealed, state.value))
    return [kept, (_CHECK, (effect.id, posting.entry.at))] if effect.waiting else [kept]


def _own(
    effect: KeepCheckIn | Watch | DropDraft | NoLetterSince | EndCare | BeginCare | ReadFromStart,
    posting: Posting,
) -> list[tuple[str, tuple[Any, ...]]]:
    """Those that need nothing of what was written."""
    if isinstance(effect, ReadFromStart):
        return from_start.start_statements(effect)
    if isinstance(effect, EndCare | BeginCare):
        return care.care_statements(effect)
    if isinstance(effect, DropDraft):
        return [(_DROP_DRAFT, (posting.entry.author, posting.key))]
    if isinstance(effect, NoLetterSince):
        return [(_NO_LETTER_SINCE, (effect.number, effect.besides, effect.clients))]
    if isinstance(effect, Watch):
        since = [] if effect.since is None else [(_WAITS_SINCE, (effect.since,))]
        return [*since, (_WATCH, (effect.at,))]
    one = effect.check_in
    return [(_CHECK_IN, (one.id, one.session, one.person, one.at, one.sealed))]


def _owed(effect: Owe, posting: Posting, result: Outcome) -> list[tuple[str, tuple[Any, ...]]]:
    """Nothing where another letter was first, or an answer came between: what the mail says is not true any more."""
    if effect.since not in (None, result.waiting_since):
        return []
    at, form = posting.entry.at, effect.form.value
    owed = (
        effect.mail,
        result.number,
        effect.person,
        at,
        effect.sealed,
        effect.found_by,
        form,
        at + effect.rests,
    )
    return [(_OWE, owed), *_found_again(effect.message_ids, posting)]


def _found_again(message_ids: tuple[bytes, ...], posting: Posting) -> list[tuple[str, tuple[Any, ...]]]:
    """A mail about an event belongs to no letter thread: what answers it begins one."""
    letter = posting.entry.letter
    return [] if letter is None else [(_FIND_AGAIN, (message_ids, letter))]


# A mail that was owed before stays as it is: a postscript has the same receipt as its letter.
_OWE = """
with owed as (
    insert into outbox (practice_id, conversation_id, id, number, person_id, state, attempts, created_at, next_at, sealed,
                        form)
    values ($1, $2, $3, $4, $5, 'owed', 0, $6, $10, $7, $9)
    on conflict do nothing returning practice_id, id, next_at
), queued as (
    insert into queue (kind, practice_id, id, next_at, lane) select 'send', practice_id, id, next_at, $2::uuid from owed
)
insert into directory (kind, practice_id, target_id, hash) select 'mail', practice_id, id, $8 from owed
"""
# The conversation is named only to keep one shape of arguments.
# A postscript does not move it, and what was left from an earlier wait is looked at sooner, which does no harm.
_WATCH = """
insert into queue (kind, practice_id, id, next_at) values ('promise', $1, $2, $3)
on conflict (kind, practice_id, id) do update set next_at = least(queue.next_at, excluded.next_at)
"""
_WAITS_SINCE = """
update conversations set waiting_since = least(waiting_since, $3)
 where practice_id = $1 and id = $2 and waiting_since is not null
"""
_DROP_DRAFT = (
    "delete from drafts where practice_id = $1 and conversation_id = $2 and person_id = $3 and id = $4"
)
_UNQUEUE = "delete from queue where kind = 'read' and practice_id = $1 and id = $3 and $2::uuid is not null"
_FIND_AGAIN = """
insert into message_ids (practice_id, conversation_id, hash, letter_id)
select $1, $2, hash, $4 from unnest($3::bytea[]) as named (hash)
on conflict do nothing
"""
_ATTACH = """
insert into attachments (practice_id, conversation_id, id, number, size, sealed, state)
values ($1, $2, $3, $4, $5, $6, $7)
"""
# Whoever attached it a moment ago had it; and what a checker found in it meanwhile goes to nobody.
_ATTACH_UPLOAD = """
update attachments set number = $4
 where practice_id = $1 and conversation_id = $2 and id = $3 and number = 0 and uploader_id = $5
   and state in ('waiting', 'clean')
"""
_CHECK = """
insert into queue (kind, practice_id, id, next_at, lane) values ('check', $1, $3, $4, $2)
"""
_CHECK_IN = """
insert into check_ins (practice_id, conversation_id, id, session_id, person_id, at, sealed)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_SETTLE = """
update originals set state = $4, reason = null, conversation_id = $2
 where practice_id = $1 and id = $3 and state in ('received', 'held')
"""
# Under the conversation's lock, which makes what was looked at before certain.
_NO_LETTER_SINCE = """
select from conversations c
 where c.practice_id = $1 and c.id = $2 and not exists (
       select from entries e
         left join members m on m.practice_id = e.practice_id and m.conversation_id = e.conversation_id
                            and m.person_id = e.author_id
        where e.practice_id = $1 and e.conversation_id = $2 and e.number > $3
          and e.kind = 'message' and e.channel <> 'chat' and e.author_id is distinct from $4::uuid
          and ($5::boolean or m.role <> 'client'))
"""
# Judging a letter takes its time: a clinician may have turned it away meanwhile, and that stands.
_DECISIVE = DECISIVE | care.DECISIVE | from_start.DECISIVE | {_SETTLE, _NO_LETTER_SINCE, _ATTACH_UPLOAD}
