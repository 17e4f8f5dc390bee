"""Letters are read in the order in which they were kept, conversation by conversation, and many at a time.

The number is taken within the transaction that keeps the letter: who hands one over after another was acknowledged gets a
higher one, whatever the clocks of two nodes say.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

revision = "v0010"
down_revision = "v0009"
branch_labels = None
depends_on = None

# One claim after the other, on all nodes: each begins by what the last one left, so no two readers share a
# conversation. A letter is taken only with all that wait before it in its conversation. One that was tried before is
# taken alone: it may be what ended its reader, and its neighbours must not be counted as tried with it.
CLAIM = """
create function claim_letters(due_at timestamptz, held_until timestamptz, most integer, most_octets bigint)
returns setof originals
language plpgsql volatile security invoker as $$
#variable_conflict use_column
begin
    perform pg_advisory_xact_lock(hashtextextended('quietline claim_letters', 0));
    perform set_config('quietline.practices',
                       (select '{' || coalesce(string_agg(distinct practice_id::text, ','), '') || '}'
                          from (select practice_id from queue
                                 where kind = 'read' and next_at <= due_at order by next_at limit 500) d),
                       true);

    return query
    with due as materialized (
        select o.practice_id, o.id, coalesce(o.conversation_id, o.id) as lane, o.conversation_id, o.arrived,
               o.attempts, octet_length(o.raw) as octets, d.next_at
          from (select practice_id, id, next_at from queue
                 where kind = 'read' and next_at <= due_at order by next_at limit 500) d
          join originals o on o.practice_id = d.practice_id and o.id = d.id
    ), lanes as (
        select practice_id, lane, conversation_id, min(arrived) as first, min(next_at) as since
          from due group by practice_id, lane, conversation_id
    ), ready as (
        select * from lanes l
         where l.conversation_id is null or not exists (
               select 1 from originals e
                where e.practice_id = l.practice_id and e.conversation_id = l.conversation_id
                  and e.state = 'received' and e.arrived < l.first)
    ), turns as (
        select w.practice_id, w.id, w.octets, r.since, w.arrived,
               row_number() over lane as turn,
               max(w.attempts) over lane > 0 as tried
          from ready r join due w on w.practice_id = r.practice_id and w.lane = r.lane
        window lane as (partition by w.practice_id, w.lane order by w.arrived)
    ), counted as (
        select practice_id, id,
               row_number() over everything as place,
               sum(octets) over everything as octets
          from turns where turn = 1 or not tried
        window everything as (order by turn, since, arrived)
    ), leased as (
        update queue q set next_at = held_until
          from counted c
         where c.place <= most and (c.place = 1 or c.octets <= most_octets)
           and q.kind = 'read' and q.practice_id = c.practice_id and q.id = c.id
        returning q.practice_id, q.id
    )
    update originals o set attempts = o.attempts + 1
      from leased l where o.practice_id = l.practice_id and o.id = l.id
    returning o.*;
end $$
"""

# Two readers with two copies of a letter: one waits at its key, and then sees what the other has done. The keys are
# locked in one order.
DECIDE = """
create function decide_letters(
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
end $$
"""


def upgrade() -> None:
    """What was kept before is numbered as it lies in the table."""
    op.execute("alter table originals add column arrived bigint not null generated always as identity")
    op.execute(
        "create index originals_waiting_idx on originals (practice_id, conversation_id, arrived)"
        " where state = 'received'"
    )
    op.execute(CLAIM)
    op.execute(DECIDE)


def downgrade() -> None:
    """Drops them."""
    op.execute("drop function decide_letters")
    op.execute("drop function claim_letters")
    op.execute("drop index originals_waiting_idx")
    op.execute("alter table originals drop column arrived")
