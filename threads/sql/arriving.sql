-- Letters by mail: kept, routed, claimed for reading, and decided upon, many at a time for one round trip each.

-- Offered again after a lost answer it changes nothing: the ids are made before. What it keeps is numbered (`arrived`)
-- within the transaction that keeps it: who hands one over after another was acknowledged gets a higher number, whatever
-- the clocks of two nodes say. Letters nobody could be found for share one line in their practice: who floods it delays
-- no client.
create or replace function keep_batch(
    practices text, practice_ids uuid[], ids uuid[], conversation_ids uuid[], person_ids uuid[],
    ats timestamptz[], envelopes bytea[], raws bytea[])
returns void
language plpgsql volatile security invoker as $$
begin
    perform set_config('quietline.practices', practices, true);

    with arrived as (
        insert into originals (practice_id, id, conversation_id, person_id, state, received_at, attempts, envelope, raw)
        select a.practice_id, a.id, a.conversation_id, a.person_id, 'received', a.at, 0, a.envelope, a.raw
          from unnest(practice_ids, ids, conversation_ids, person_ids, ats, envelopes, raws)
            as a (practice_id, id, conversation_id, person_id, at, envelope, raw)
        on conflict do nothing
        returning practice_id, id, conversation_id, received_at, arrived
    )
    insert into queue (kind, practice_id, id, next_at, lane)
    select 'read', practice_id, id, received_at, coalesce(conversation_id, practice_id) from arrived order by arrived;

    perform pg_notify('quietline', 'r');
end $$;

-- Where reply addresses lead. Nowhere once their holder has left the conversation or the practice, whoever ended it and how.
create or replace function reply_routes(hashes bytea[])
returns table (hash bytea, practice_id uuid, conversation_id uuid, person_id uuid, revoked boolean)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
begin
    perform set_config('quietline.practices',
                       (select '{' || coalesce(string_agg(distinct practice_id::text, ','), '') || '}'
                          from directory where kind = 'reply' and hash = any (hashes)),
                       true);

    return query
    select t.hash, t.practice_id, t.conversation_id, t.person_id, t.revoked_at is not null or not exists (
               select from members m
                 join people p on p.practice_id = m.practice_id and p.id = m.person_id and p.active
                where m.practice_id = t.practice_id and m.conversation_id = t.conversation_id
                  and m.person_id = t.person_id and m.left_at is null)
      from directory d
      join reply_tokens t on t.practice_id = d.practice_id and t.hash = d.hash
     where d.kind = 'reply' and d.hash = any (hashes);
end $$;

-- One claim after the other, on all nodes: each begins by what the last one left, so no two readers share a conversation.
-- A letter is taken only with all that wait before it in its conversation. One that was tried before is taken alone: it may
-- be what ended its reader, and its neighbours must not be counted as tried with it.
--
-- The queue says only whose conversations are looked at, and in what order: a quarter by who waits longest, so that nobody
-- waits for good however many come, the others by turns. Their letters are then taken as they arrived.
create or replace function claim_letters(due_at timestamptz, held_until timestamptz, most integer, most_octets bigint)
returns setof originals
language plpgsql volatile security invoker as $$
#variable_conflict use_column
declare
    due_practices uuid[];
    due_ids uuid[];
begin
    perform pg_advisory_xact_lock(hashtextextended('quietline claim_letters', 0));
    select array_agg(practice_id), array_agg(id) into due_practices, due_ids from (
        (select practice_id, id from queue
          where kind = 'read' and next_at <= due_at order by next_at limit (most + 3) / 4)
        union all
        (select d.practice_id, d.id
           from generate_series(0, 32) t
          cross join lateral (select practice_id, id from queue
                               where kind = 'read' and turn = t and next_at <= due_at order by next_at limit 500) d
          limit 500)) looked_at;
    perform set_config('quietline.practices',
                       (select '{' || coalesce(string_agg(distinct p::text, ','), '') || '}'
                          from unnest(due_practices) p),
                       true);

    return query
    with lanes as materialized (
        select o.practice_id, o.conversation_id, coalesce(o.conversation_id, o.id) as lane, min(d.place) as place
          from unnest(due_practices, due_ids) with ordinality as d (practice_id, id, place)
          join originals o on o.practice_id = d.practice_id and o.id = d.id
         group by o.practice_id, o.conversation_id, coalesce(o.conversation_id, o.id)
    ), ready as materialized (
        select l.* from lanes l
         where l.conversation_id is null or exists (
               select from (select practice_id, id from originals e
                             where e.practice_id = l.practice_id and e.conversation_id = l.conversation_id
                               and e.state = 'received' order by e.arrived limit 1) first
                 join queue q on q.kind = 'read' and q.practice_id = first.practice_id and q.id = first.id
                where q.next_at <= due_at)
         order by l.place limit most
    ), letters as (
        select l.practice_id, l.lane, l.place, w.*
          from ready l
         cross join lateral (
               (select o.id, o.arrived, o.attempts, octet_length(o.raw) as octets from originals o
                 where l.conversation_id is not null and o.practice_id = l.practice_id
                   and o.conversation_id = l.conversation_id and o.state = 'received'
                 order by o.arrived limit most)
               union all
               (select o.id, o.arrived, o.attempts, octet_length(o.raw) from originals o
                 where l.conversation_id is null and o.practice_id = l.practice_id and o.id = l.lane)) w
    ), queued as (
        select l.*, bool_and(coalesce(q.next_at <= due_at, false)) over lane as due
          from letters l
          left join queue q on q.kind = 'read' and q.practice_id = l.practice_id and q.id = l.id
        window lane as (partition by l.practice_id, l.lane order by l.arrived)
    ), turns as (
        select *, row_number() over (lane order by arrived) as turn, max(attempts) over lane > 0 as tried
          from queued where due
        window lane as (partition by practice_id, lane)
    ), counted as (
        select practice_id, id,
               row_number() over everything as nth,
               sum(octets) over everything as octets
          from turns where turn = 1 or not tried
        window everything as (order by turn, place, arrived)
    ), leased as (
        update queue q set next_at = held_until
          from counted c
         where c.nth <= most and (c.nth = 1 or c.octets <= most_octets)
           and q.kind = 'read' and q.practice_id = c.practice_id and q.id = c.id
        returning q.practice_id, q.id
    )
    update originals o set attempts = o.attempts + 1
      from leased l where o.practice_id = l.practice_id and o.id = l.id
    returning o.*;
end $$;

-- Two readers with two copies of a letter: one waits at its key, and then sees what the other has done. The keys are locked
-- in one order.
create or replace function decide_letters(
    practices text, practice_ids uuid[], ids uuid[], stood text[], wanted text[], reasons text[], summaries bytea[],
    letter_keys uuid[])
returns table (ord bigint, state text, decided boolean)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
declare
    one record;
begin
    perform set_config('quietline.practices', practices, true);
    for one in
        select * from unnest(practice_ids, ids, stood, wanted, reasons, summaries, letter_keys) with ordinality
            as l (practice_id, id, stood, wanted, reason, summary, letter_key, ord)
         order by l.letter_key, l.id
    loop
        ord := one.ord;
        state := one.wanted;
        if one.letter_key is not null then
            perform pg_advisory_xact_lock(hashtextextended(one.letter_key::text, 0));
            if exists (select 1 from originals o
                        where o.practice_id = one.practice_id and o.letter_key = one.letter_key and o.id <> one.id
                          and o.person_id is not distinct from (
                              select m.person_id from originals m
                               where m.practice_id = one.practice_id and m.id = one.id)
                          and o.state in ('held', 'delivered', 'refused')) then
                state := 'duplicate';
            end if;
        end if;
        update originals o
           set state = decide_letters.state, reason = one.reason, summary = coalesce(one.summary, o.summary),
               letter_key = coalesce(one.letter_key, o.letter_key)
         where o.practice_id = one.practice_id and o.id = one.id and o.state = one.stood;
        decided := found;
        delete from queue q where q.kind = 'read' and q.practice_id = one.practice_id and q.id = one.id;
        return next;
    end loop;
end $$;
