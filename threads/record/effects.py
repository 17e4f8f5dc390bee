"""What else changes in the transaction that writes an entry: sessions, owed mail, letters found again, attachments."""

from typing import Any, assert_never

import asyncpg

from messaging.memory.absence import AskCover, BeginCover, EndCover, SetAway, TellAway
from messaging.memory.agreements import Agree, TakeBack
from messaging.memory.arriving import Attach, FileState, NoteMessageIds, Settle
from messaging.memory.check_ins import KeepCheckIn
from messaging.memory.conversations import ReadFromStart
from messaging.memory.drafts import DropDraft
from messaging.memory.ending import BeginCare, EndCare, PlanEnd
from messaging.memory.exchanges import AnswerBy
from messaging.memory.leaving import Owe, Watch
from messaging.memory.record import Effect, Outcome, Posting
from messaging.memory.sending_later import NoLetterSince
from messaging.memory.sessions import EndSession, ExtendSession, MissSession, OpenSession
from messaging.memory.subjects import Concern
from messaging.memory.uploads import AttachUpload
from messaging.releases import EndRelease, MakeRelease
from threads.absence import effects as absence
from threads.agreements import agreements
from threads.ending import care
from threads.practice import from_start
from threads.releasing.releases import release_statements
from threads.sessions.effects import DECISIVE, session_statements


class Overtaken(asyncpg.PostgresError):  # type: ignore[misc]  # asyncpg has no types
    """Something else was committed between the decision and this transaction, which therefore changes nothing.

    One of the database's own faults, to the writer: the posting is taken out of its batch and refused, and whoever asked
    decides anew by what stands now.
    """


async def apply_effects(connection: asyncpg.Connection, posting: Posting, result: Outcome) -> None:
    """Applies them under the conversation's lock that the writer holds: what a letter brings along in one statement, all
    others in order. Raises Overtaken.
    """
    here = posting.practice, posting.entry.conversation
    together = _together(posting)
    if together:
        await connection.execute(_TOGETHER, *here, *_columns(together, posting, result))
    for effect in posting.effects:
        if effect in together:
            continue
        for statement, arguments in _statements(effect, posting, result):
            done = await connection.execute(statement, *here, *arguments)
            if statement in _DECISIVE and done.endswith(" 0"):
                raise Overtaken


def _together(posting: Posting) -> list[Effect]:
    """What a letter brings along, or an event that mail is owed for; nothing where there is neither."""
    if not any(isinstance(effect, Owe | NoteMessageIds) for effect in posting.effects):
        return []
    return [
        effect
        for effect in posting.effects
        if isinstance(effect, Owe | NoteMessageIds | DropDraft)
        or (isinstance(effect, Watch) and effect.since is None)
    ]


def _columns(together: list[Effect], posting: Posting, result: Outcome) -> list[Any]:
    """The arguments of `_TOGETHER`. A mail is not owed where another letter was first, or an answer came between: what it
    says is not true any more. Mail about an event belongs to no letter thread: what answers it begins one.
    """
    at, letter = posting.entry.at, posting.entry.letter
    owed = [e for e in together if isinstance(e, Owe) and e.since in (None, result.waiting_since)]
    named = [e.message_ids for e in together if isinstance(e, NoteMessageIds)]
    hashes = [one for many in (*(e.message_ids for e in owed), *named) for one in many]
    drops = any(isinstance(e, DropDraft) for e in together)
    return [
        posting.entry.author,
        posting.key if drops else None,
        result.number,
        at,
        [e.mail for e in owed],
        [e.person for e in owed],
        [e.sealed for e in owed],
        [e.found_by for e in owed],
        [e.form.value for e in owed],
        [at + e.rests for e in owed],
        [] if letter is None else hashes,
        letter,
        min((e.at for e in together if isinstance(e, Watch)), default=None),
    ]


OfARoom = (
    OpenSession
    | ExtendSession
    | EndSession
    | MissSession
    | EndCare
    | BeginCare
    | PlanEnd
    | ReadFromStart
    | MakeRelease
    | EndRelease
    | Agree
    | TakeBack
    | AnswerBy
    | TellAway
    | SetAway
    | AskCover
    | BeginCover
    | EndCover
)
"""What is kept in rooms of their own, which know their statements."""


def _statements(effect: Effect, posting: Posting, result: Outcome) -> list[tuple[str, tuple[Any, ...]]]:
    match effect:
        case Owe() | NoteMessageIds():
            return []  # together
        case Attach() | AttachUpload() | Concern():
            return _beside(effect, posting, result)
        case Settle(original, state):
            return [(_SETTLE, (original, state.value)), (_UNQUEUE, (original,))]
        case KeepCheckIn() | Watch() | DropDraft() | NoLetterSince():
            return _own(effect, posting)
        case _:
            return _of_a_room(effect)


def _of_a_room(effect: OfARoom) -> list[tuple[str, tuple[Any, ...]]]:
    match effect:
        case OpenSession() | ExtendSession() | EndSession() | MissSession():
            return session_statements(effect)
        case EndCare() | BeginCare() | PlanEnd():
            return care.care_statements(effect)
        case ReadFromStart():
            return from_start.start_statements(effect)
        case MakeRelease() | EndRelease():
            return release_statements(effect)
        case Agree() | TakeBack() | AnswerBy():
            return agreements.agreed_statements(effect)
        case TellAway() | SetAway() | AskCover() | BeginCover() | EndCover():
            return absence.absence_statements(effect)
        case _:
            assert_never(effect)


def _beside(
    effect: Attach | AttachUpload | Concern, posting: Posting, result: Outcome
) -> list[tuple[str, tuple[Any, ...]]]:
    """What stands beside the entry, by its number."""
    if isinstance(effect, Concern):
        about = (result.number, effect.kind.value, effect.about, effect.place, effect.raised)
        return [(_CONCERN, about)]
    if isinstance(effect, AttachUpload):
        return [(_ATTACH_UPLOAD, (effect.id, result.number, posting.entry.author))]
    state = FileState.WAITING if effect.waiting else FileState.CLEAN
    kept = (_ATTACH, (effect.id, result.number, effect.size, effect.sealed, state.value))
    return [kept, (_CHECK, (effect.id, posting.entry.at))] if effect.waiting else [kept]


def _own(
    effect: KeepCheckIn | Watch | DropDraft | NoLetterSince, posting: Posting
) -> list[tuple[str, tuple[Any, ...]]]:
    """Those that need nothing of what was written."""
    if isinstance(effect, DropDraft):
        return [(_DROP_DRAFT, (posting.entry.author, posting.key))]
    if isinstance(effect, NoLetterSince):
        return [(_NO_LETTER_SINCE, (effect.number, effect.besides, effect.clients))]
    if isinstance(effect, Watch):
        since = [] if effect.since is None else [(_WAITS_SINCE, (effect.since,))]
        return [*since, (_WATCH, (effect.at,))]
    one = effect.check_in
    return [(_CHECK_IN, (one.id, one.session, one.person, one.at, one.sealed))]


# A mail that was owed before stays as it is: a postscript has the same receipt as its letter.
_TOGETHER = """
with owed as (
    insert into outbox (practice_id, conversation_id, id, number, person_id, state, attempts, created_at, next_at, sealed,
                        form)
    select $1::uuid, $2::uuid, m.id, $5::integer, m.person_id, 'owed', 0, $6::timestamptz, m.next_at, m.sealed, m.form
      from unnest($7::uuid[], $8::uuid[], $9::bytea[], $11::text[], $12::timestamptz[])
           as m (id, person_id, sealed, form, next_at)
    on conflict do nothing returning id, next_at
), queued as (
    insert into queue (kind, practice_id, id, next_at, lane) select 'send', $1, id, next_at, $2 from owed
), pushed as (
    -- Whose browser is told, too: of the same matter, at the same time (`threads/pushing`).
    insert into queue (kind, practice_id, id, next_at)
    select 'push', $1, o.id, o.next_at
      from owed o join unnest($7::uuid[], $8::uuid[], $11::text[]) as m (id, person_id, form) using (id)
     where m.form in ('whole', 'locked', 'notice', 'keyless', 'expired', 'unusable', 'reminder', 'waiting')
       and exists (select from push_subscriptions s where s.practice_id = $1 and s.person_id = m.person_id)
), named as (
    insert into directory (kind, practice_id, target_id, hash)
    select 'mail', $1, n.id, n.hash from unnest($7::uuid[], $10::bytea[]) as n (id, hash) join owed using (id)
), found_again as (
    insert into message_ids (practice_id, conversation_id, hash, letter_id)
    select $1, $2, hash, $14::uuid from unnest($13::bytea[]) as f (hash)
    on conflict do nothing
), watched as (
    insert into queue (kind, practice_id, id, next_at)
    select 'promise', $1, $2, $15::timestamptz where $15 is not null
    on conflict (kind, practice_id, id) do update set next_at = least(queue.next_at, excluded.next_at)
)
delete from drafts where practice_id = $1 and conversation_id = $2 and person_id = $3::uuid and id = $4::uuid
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
# What stands there already was written first: by another window, or a colleague.
_CONCERN = """
insert into entry_subjects (practice_id, conversation_id, number, kind, about, place, raised)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
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
_OWN_DECISIVE = frozenset({_SETTLE, _NO_LETTER_SINCE, _ATTACH_UPLOAD, _CONCERN})
_DECISIVE = DECISIVE | care.DECISIVE | from_start.DECISIVE | absence.DECISIVE | _OWN_DECISIVE
