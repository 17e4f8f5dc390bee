"""The statements of group commit, and how a posting becomes their arguments."""

from collections.abc import Sequence
from typing import Any, Final

from messaging.ids import EntryId, SessionId
from messaging.stored import Outcome, Posting, Verdict

LOCK: Final = """
select c.id
  from conversations c
  join unnest($1::uuid[], $2::uuid[]) as wanted (practice_id, id)
    on c.practice_id = wanted.practice_id and c.id = wanted.id
 order by c.practice_id, c.id
   for no key update of c
"""
"""Always in key order. FOR NO KEY UPDATE: foreign-key checks of other transactions need not wait."""

WRITE: Final = """
with asked as materialized (
    select *
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[],
                  $9::timestamptz[], $10::bytea[], $11::text[], $12::text[])
      with ordinality as a (practice_id, conversation_id, id, author_id, key, kind, channel, letter_id,
                            at, sealed, gate, turn, ord)
), judged as materialized (
    select a.*, c.last_number, c.revision, c.live_session,
           e.number as known_number, e.id as known_id, e.at as known_at, e.sealed as known_sealed,
           case when e.number is not null then 'known'
                when c.id is null or (a.gate <> 'system' and m.person_id is null) then 'not_found'
                when a.gate = 'live' and c.live_session is null then 'no_session'
                when a.gate = 'idle' and c.live_session is not null then 'session_live'
                else 'new' end as verdict
      from asked a
      left join conversations c on c.practice_id = a.practice_id and c.id = a.conversation_id
      left join members m on m.practice_id = a.practice_id and m.conversation_id = a.conversation_id
                         and m.person_id = a.author_id and m.left_at is null
      left join entries e on e.practice_id = a.practice_id and e.conversation_id = a.conversation_id
                         and e.author_id = a.author_id and e.key = a.key
), numbered as (
    select j.*,
           j.last_number + row_number() over (partition by practice_id, conversation_id order by ord) as number,
           max(ord) filter (where turn = 'answers') over (partition by practice_id, conversation_id) as answered
      from judged j
     where verdict = 'new'
), written as (
    insert into entries (practice_id, conversation_id, number, id, author_id, key, kind, channel, session_id,
                         letter_id, at, sealed)
    select practice_id, conversation_id, number, id, author_id, key, kind, channel,
           case when gate = 'live' then live_session end, letter_id, at, sealed
      from numbered
), moved as (
    update conversations c
       set last_number = n.last, last_at = n.last_at,
           waiting_since = case when n.answered is null then coalesce(c.waiting_since, n.asked)
                                else n.asked end
      from (select practice_id, conversation_id, max(number) as last, max(at) as last_at, max(answered) as answered,
                   min(at) filter (where turn = 'asks' and ord > coalesce(answered, 0)) as asked
              from numbered group by practice_id, conversation_id) n
     where c.practice_id = n.practice_id and c.id = n.conversation_id
    returning c.practice_id, c.id, c.waiting_since
), rung as (
    select pg_notify('quietline', 'n ' || $13 || ' '
                     || string_agg(practice_id || '/' || conversation_id || '/' || last, ' '))
      from (select practice_id, conversation_id, max(number) as last,
                   row_number() over () / 80 as page
              from numbered group by practice_id, conversation_id) bells
     group by page
)
select j.verdict, coalesce(j.known_number, n.number, 0) as number, coalesce(j.known_id, j.id) as id,
       coalesce(j.known_at, j.at) as at, j.known_sealed, j.revision,
       case when j.gate = 'live' then j.live_session end as session_id, w.waiting_since,
       (select count(*) from rung) as rung
  from judged j
  left join numbered n on n.ord = j.ord
  left join moved w on w.practice_id = j.practice_id and w.id = j.conversation_id
 order by j.ord
"""
"""Judges, numbers and writes a batch, moves the inbox and rings the bell.

80 conversations fit one notification: three times 36 characters at most each, below PostgreSQL's 8000 bytes.
"""


def arguments(postings: Sequence[Posting], node: str) -> list[Any]:
    """The batch as columns, and who rings."""
    entries = [p.entry for p in postings]
    return [
        [p.practice for p in postings],
        [e.conversation for e in entries],
        [e.id for e in entries],
        [e.author for e in entries],
        [p.key for p in postings],
        [e.kind for e in entries],
        [e.channel for e in entries],
        [e.letter for e in entries],
        [e.at for e in entries],
        [p.sealed for p in postings],
        [p.gate for p in postings],
        [p.turn for p in postings],
        node,
    ]


def outcome(row: Any) -> Outcome:
    """What the statement said of one posting."""
    return Outcome(
        verdict=Verdict(row["verdict"]),
        number=row["number"],
        id=EntryId(row["id"]),
        at=row["at"],
        session=None if row["session_id"] is None else SessionId(row["session_id"]),
        revision=row["revision"] or 0,
        waiting_since=row["waiting_since"],
        sealed=row["known_sealed"],
    )
