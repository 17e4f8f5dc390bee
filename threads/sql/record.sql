-- The record: how entries are judged, numbered and written.

-- Group commit: one round trip locks, judges, numbers and writes a batch.
--
-- Conversation rows are locked in key order first: two nodes never deadlock. A volatile function takes a new snapshot for
-- each of its statements, so the one that judges sees all that was committed under those locks: numbers have no gap, keys
-- no double. Membership is looked at here once more, for a pass is a statement about a moment; and the session's time, so
-- that words are refused after it whether or not anybody has ended it yet. `rank` is a posting's place among those of its
-- conversation in the batch, from 1: nearly always all are new, and then it is the number. Only a batch with one that is
-- not, or one that changes who waits, is gone through again for each.
create or replace function write_entries(
    practices text, practice_ids uuid[], conversation_ids uuid[], ranks integer[], ids uuid[], author_ids uuid[], keys uuid[],
    kinds text[], channels text[], letter_ids uuid[], amendeds integer[], ats timestamptz[], sealeds bytea[],
    gates text[], turns text[])
returns table (
    verdict text, number integer, id uuid, revision bigint, session_id uuid, waiting_since timestamptz)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
declare
    nobody constant uuid := '00000000-0000-0000-0000-000000000000';
begin
    perform set_config('quietline.practices', practices, true);

    perform 1
      from conversations c
      join unnest(practice_ids, conversation_ids) as wanted (practice_id, id)
        on c.practice_id = wanted.practice_id and c.id = wanted.id
     order by c.practice_id, c.id
       for no key update of c;

    return query
    with judged as materialized (
        select a.*, c.last_number, c.revision, c.live_session, c.waiting_since, c.ended_at,
               e.number as known_number, e.id as known_id,
               case when e.number is not null then 'known'
                    when c.id is null then 'not_found'
                    when m.person_id is null and a.gate <> 'system' and a.author_id <> nobody then 'not_found'
                    when a.gate = 'live' and (c.live_session is null or a.at > c.live_until) then 'no_session'
                    when a.gate = 'ending' and c.live_session is null then 'no_session'
                    when a.gate = 'idle' and c.live_session is not null then 'session_live'
                    when a.gate = 'idle' and c.ended_at is not null then 'no_session'
                    else 'new' end as verdict
          from unnest(practice_ids, conversation_ids, ranks, ids, author_ids, keys, kinds, channels, letter_ids,
                      amendeds, ats, sealeds, gates, turns)
          with ordinality as a (practice_id, conversation_id, rank, id, author_id, key, kind, channel, letter_id,
                                amends, at, sealed, gate, turn, ord)
          left join conversations c on c.practice_id = a.practice_id and c.id = a.conversation_id
          left join members m on m.practice_id = a.practice_id and m.conversation_id = a.conversation_id
                             and m.person_id = a.author_id and m.left_at is null
                             -- Who stands in for somebody does so for a time, and who only looks in writes nothing.
                             and m.cover_scope is distinct from 'look_in'
                             and (m.cover_until is null or m.cover_until > now())
          left join entries e on e.practice_id = a.practice_id and e.conversation_id = a.conversation_id
                             and e.author_id = a.author_id and e.key = a.key
    ), turned as materialized (
        select j.*,
               last_number + rank - case when (select bool_and(verdict = 'new') from judged) then 0 else (
                   select count(*) from judged o
                    where o.practice_id = j.practice_id and o.conversation_id = j.conversation_id
                      and o.rank < j.rank and o.verdict <> 'new') end as number,
               case when (select bool_or(turn = 'answers') from judged) then (
                   select max(o.rank) from judged o
                    where o.practice_id = j.practice_id and o.conversation_id = j.conversation_id
                      and o.verdict = 'new' and o.turn = 'answers') end as answered,
               -- Where care has ended nothing is promised, so nobody waits: who asks is told that.
               case when (select bool_or(turn = 'asks') from judged) and ended_at is null then (
                   select min(o.at) from judged o
                    where o.practice_id = j.practice_id and o.conversation_id = j.conversation_id
                      and o.verdict = 'new' and o.turn = 'asks' and o.rank > coalesce((
                          select max(b.rank) from judged b
                           where b.practice_id = j.practice_id and b.conversation_id = j.conversation_id
                             and b.verdict = 'new' and b.turn = 'answers'), 0)) end as asked
          from judged j
    ), written as (
        insert into entries (practice_id, conversation_id, number, id, author_id, key, kind, channel, session_id,
                             letter_id, amends, at, sealed)
        select practice_id, conversation_id, number, id, author_id, key, kind, channel,
               case when gate in ('live', 'ending') then live_session end, letter_id, amends, at, sealed
          from turned where verdict = 'new'
    ), changed as (
        select practice_id, conversation_id, max(number) as last, max(at) as last_at,
               case when max(answered) is null then coalesce(min(waiting_since), min(asked)) else min(asked) end as waiting
          from turned where verdict = 'new' group by practice_id, conversation_id
    ), moved as (
        update conversations c set last_number = n.last, last_at = n.last_at, waiting_since = n.waiting
          from changed n where c.practice_id = n.practice_id and c.id = n.conversation_id
    )
    select verdict, (case verdict when 'new' then number else coalesce(known_number, 0) end)::integer as number,
           coalesce(known_id, id) as id, revision,
           case when gate in ('live', 'ending') then live_session end as session_id,
           case when answered is null then coalesce(waiting_since, asked) else asked end as waiting_since
      from turned
     order by ord;
end $$;

-- Entries by their numbers, for who was told that a key is known: all that stands in the clear beside the words, for they
-- are bound to it.
create or replace function entries_numbered(
    practices text, practice_ids uuid[], conversation_ids uuid[], numbers integer[])
returns table (
    id uuid, at timestamptz, sealed bytea, kind text, channel text, letter_id uuid, amends integer)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
begin
    perform set_config('quietline.practices', practices, true);
    return query
    select e.id, e.at, e.sealed, e.kind, e.channel, e.letter_id, e.amends
      from unnest(practice_ids, conversation_ids, numbers)
      with ordinality as a (practice_id, conversation_id, number, ord)
      join entries e on e.practice_id = a.practice_id and e.conversation_id = a.conversation_id and e.number = a.number
     order by ord;
end $$;

-- For programs of 0.1, which leave it to this statement to ring the bell for what they write, and are told of a known entry
-- with all that stands beside it. Gone with 0.3 (docs/upgrading.md).
--
-- 80 conversations fit one notification: three times 36 characters at most each, below PostgreSQL's 8000 bytes.
create or replace function write_batch(
    practices text, practice_ids uuid[], conversation_ids uuid[], ids uuid[], author_ids uuid[], keys uuid[],
    kinds text[], channels text[], letter_ids uuid[], amendeds integer[], ats timestamptz[], sealeds bytea[],
    gates text[], turns text[], node text)
returns table (
    verdict text, number integer, id uuid, at timestamptz, known_sealed bytea, known_kind text, known_channel text,
    known_letter uuid, known_amends integer, revision bigint, session_id uuid, waiting_since timestamptz)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
declare
    ranks integer[];
begin
    select array_agg(a.rank order by a.ord) into ranks
      from (select u.ord, row_number() over (partition by u.practice_id, u.conversation_id order by u.ord)::integer as rank
              from unnest(practice_ids, conversation_ids) with ordinality as u (practice_id, conversation_id, ord)) a;
    return query
    with written as materialized (
        select w.*
          from write_entries(practices, practice_ids, conversation_ids, ranks, ids, author_ids, keys, kinds, channels,
                             letter_ids, amendeds, ats, sealeds, gates, turns) with ordinality as w
    ), changed as (
        select practice_ids[w.ordinality] || '/' || conversation_ids[w.ordinality] || '/' || max(w.number) as bell,
               row_number() over () / 80 as page
          from written w where w.verdict = 'new'
         group by practice_ids[w.ordinality], conversation_ids[w.ordinality]
    ), rung as (
        select pg_notify('quietline', 'n ' || node || ' ' || string_agg(c.bell, ' ')) from changed c group by c.page
    )
    select w.verdict, w.number, w.id, coalesce(e.at, ats[w.ordinality]), e.sealed, e.kind, e.channel, e.letter_id, e.amends,
           w.revision, w.session_id, w.waiting_since
      from written w
     cross join (select count(*) from rung) as rang
      left join entries e on w.verdict = 'known' and e.practice_id = practice_ids[w.ordinality]
                         and e.conversation_id = conversation_ids[w.ordinality] and e.number = w.number
     order by w.ordinality;
end $$;
