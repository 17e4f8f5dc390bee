"""The statements of group commit, and how a posting becomes their arguments."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from messaging.ids import EntryId, SessionId
from messaging.stored import Outcome, Posting, Verdict
from threads.database import uuid_array

LOCK: Final = """
select c.id
  from conversations c
  join unnest($1::uuid[], $2::uuid[]) as wanted (practice_id, id)
    on c.practice_id = wanted.practice_id and c.id = wanted.id
 order by c.practice_id, c.id
   for no key update of c
"""
"""Always in key order. FOR NO KEY UPDATE: foreign-key checks of other transactions need not wait."""

PREPARE: Final = f"""
prepare state (text) as select set_config('quietline.practices', $1, true);
prepare lock (uuid[], uuid[]) as {LOCK};
"""
"""Once a connection, so that a batch begins in one round trip."""

PLANNING: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""The writer's statements are planned once, for planning a batch costs as much as running it, and every row is found by its
key: while statistics are still of an empty table the planner would rather read all of it."""


def begin(practices: Iterable[UUID], conversations: Iterable[tuple[UUID, UUID]]) -> str:
    """Begins the transaction, states its practices and locks its conversations. Safe by type: UUIDs only."""
    pairs = list(conversations)
    owners, ids = (uuid_array(pair[i] for pair in pairs) for i in (0, 1))
    return f"begin; execute state('{uuid_array(practices)}'); execute lock('{owners}', '{ids}')"


WRITE: Final = """
with asked as materialized (
    select *
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[],
                  $9::timestamptz[], $10::bytea[], $11::text[], $12::text[])
      with ordinality as a (practice_id, conversation_id, id, author_id, key, kind, channel, letter_id,
                            at, sealed, gate, turn, ord)
), judged as materialized (
    select a.*, c.last_number, c.revision, c.live_session, c.waiting_since,
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
    select *,
           last_number + count(*) filter (where verdict = 'new')
               over (partition by practice_id, conversation_id order by ord) as number,
           max(ord) filter (where verdict = 'new' and turn = 'answers')
               over (partition by practice_id, conversation_id) as answered
      from judged
), turned as materialized (
    select *,
           min(at) filter (where verdict = 'new' and turn = 'asks' and ord > coalesce(answered, 0))
               over (partition by practice_id, conversation_id) as asked
      from numbered
), written as (
    insert into entries (practice_id, conversation_id, number, id, author_id, key, kind, channel, session_id,
                         letter_id, at, sealed)
    select practice_id, conversation_id, number, id, author_id, key, kind, channel,
           case when gate = 'live' then live_session end, letter_id, at, sealed
      from turned where verdict = 'new'
), changed as (
    select practice_id, conversation_id, max(number) as last, max(at) as last_at,
           case when max(answered) is null then coalesce(min(waiting_since), min(asked)) else min(asked) end as waiting
      from turned where verdict = 'new' group by practice_id, conversation_id
), moved as (
    update conversations c set last_number = n.last, last_at = n.last_at, waiting_since = n.waiting
      from changed n where c.practice_id = n.practice_id and c.id = n.conversation_id
), rung as (
    select pg_notify('quietline', 'n ' || $13 || ' '
                     || string_agg(practice_id || '/' || conversation_id || '/' || last, ' '))
      from (select practice_id, conversation_id, last, row_number() over () / 80 as page from changed) bells
     group by page
)
select verdict, case verdict when 'new' then number else coalesce(known_number, 0) end as number, coalesce(known_id, id) as id,
       coalesce(known_at, at) as at, known_sealed, revision,
       case when gate = 'live' then live_session end as session_id,
       case when answered is null then coalesce(waiting_since, asked) else asked end as waiting_since,
       (select count(*) from rung) as rung
  from turned
 order by ord
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
