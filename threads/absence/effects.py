"""What an event about an absence changes, in the transaction that writes it."""

import json
from typing import Any, Final

from messaging.memory.absence import AskCover, BeginCover, EndCover, SetAway, TellAway
from threads.practice.away import written_away
from threads.practice.from_start import REVISED, written_asked
from threads.tables.record import UNREAD

AbsenceEffect = TellAway | SetAway | AskCover | BeginCover | EndCover


def absence_statements(effect: AbsenceEffect) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements and their arguments from the third on; practice and conversation come first in each."""
    match effect:
        case TellAway(absence, at):
            return [(_TELL, (absence, at))]
        case SetAway(was, now):
            return [(SET_AWAY, (_json(now), _json(was)))]
        case AskCover(absence, asked):
            return [(_ASK, (absence, json.dumps(written_asked(asked))))]
        case BeginCover(absence, person, role, scope, until, at):
            begun = (_BEGIN, (absence, person, role.value, scope.value, until, at))
            return [begun, (_BEGUN, (absence, at)), (REVISED, ())]
        case EndCover(absence, person, at):
            gone = [(_LEAVE, (absence, person, at)), (_REVOKE, (person, at)), (_OVER, (absence, at))]
            return [*gone, (_NOBODYS, (person,)), (REVISED, ())]


def _json(away: Any) -> str | None:
    kept = written_away(away)
    return None if kept is None else json.dumps(kept)


_TELL: Final = """
insert into covers (practice_id, conversation_id, absence_id, told_at) values ($1, $2, $3, $4) on conflict do nothing
"""
SET_AWAY: Final = """
update conversations set away = $3::jsonb where practice_id = $1 and id = $2 and away is not distinct from $4::jsonb
"""
_ASK: Final = """
update covers set asked = $4::jsonb
 where practice_id = $1 and conversation_id = $2 and absence_id = $3 and asked is null and ended_at is null
"""
# Decided once more under the conversation's lock: a no, a handing back or an end may have come between. Without the yes of
# all who are here somebody looks in only, and only in a sudden absence.
_BEGIN: Final = f"""
insert into members as m (practice_id, conversation_id, person_id, role, joined_at, read_number, first_number,
                          cover_absence, cover_scope, cover_until)
select $1, $2, $4, $5, $8, f.first - 1, f.first, $3, $6, $7
  from (select coalesce(least((
                   select min(e.number) from entries e
                    where e.practice_id = $1 and e.conversation_id = $2 and e.kind = 'message' and e.channel <> 'chat'
                      and e.at >= c.waiting_since and exists (
                          select from members w where w.practice_id = $1 and w.conversation_id = $2
                             and w.person_id = e.author_id and w.role = 'client')), (
                   select min(s.number) from entry_subjects s
                     join entries e on e.practice_id = s.practice_id and e.conversation_id = s.conversation_id
                                   and e.number = s.number
                    where s.practice_id = $1 and s.conversation_id = $2 and {UNREAD})), c.last_number) as first
          from conversations c where c.practice_id = $1 and c.id = $2 and c.ended_at is null) f
 where exists (
       select from covers v
         join absences a on a.practice_id = v.practice_id and a.id = v.absence_id
        where v.practice_id = $1 and v.conversation_id = $2 and v.absence_id = $3 and v.ended_at is null
          and a.ended_at is null and a.offer = 'accepted' and a.cover_id = $4
          and not coalesce((v.asked -> 'refused')::boolean, false)
          and (a.reason = 'sudden' and $6 = 'look_in'
               or v.asked is not null and not exists (
                  select from members o where o.practice_id = $1 and o.conversation_id = $2 and o.left_at is null
                     and (v.asked -> 'asked') ? o.person_id::text and not (v.asked -> 'yes') ? o.person_id::text)))
on conflict (practice_id, conversation_id, person_id) do update
   set role = excluded.role, joined_at = excluded.joined_at, left_at = null, start_asked = null,
       snoozed_until = null, snoozed_number = null, cover_absence = excluded.cover_absence,
       cover_scope = excluded.cover_scope, cover_until = excluded.cover_until,
       read_number = case when m.left_at is null then m.read_number else excluded.read_number end,
       first_number = case when m.left_at is null then m.first_number else excluded.first_number end
 where m.left_at is not null or (m.cover_absence = excluded.cover_absence and m.cover_scope <> excluded.cover_scope)
"""  # noqa: S608 - made of constants
_BEGUN: Final = """
update covers set began_at = coalesce(began_at, $4) where practice_id = $1 and conversation_id = $2 and absence_id = $3
"""
_LEAVE: Final = """
update members set left_at = $5, cover_absence = null, cover_scope = null, cover_until = null,
                   snoozed_until = null, snoozed_number = null
 where practice_id = $1 and conversation_id = $2 and cover_absence = $3 and person_id = $4 and left_at is null
"""
_REVOKE: Final = """
update reply_tokens set revoked_at = $4
 where practice_id = $1 and conversation_id = $2 and person_id = $3 and revoked_at is null
"""
_OVER: Final = """
update covers set ended_at = coalesce(ended_at, $4) where practice_id = $1 and conversation_id = $2 and absence_id = $3
"""
_NOBODYS: Final = """
update conversations set assignee_id = nullif(assignee_id, $3) where practice_id = $1 and id = $2
"""
DECISIVE: Final = frozenset({SET_AWAY, _BEGIN})
"""Must find its row: otherwise it was decided on what is not true any more."""
