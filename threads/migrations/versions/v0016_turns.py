"""Conversations take turns in the queue: one that has thousands waiting delays nobody else's mail.

What waits knows its conversation (`lane`), and how many of it stood before when it was put in (`turn`). What comes first in
its conversation is claimed first, then what comes second.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements
from threads.migrations.versions.v0005_mail_in import KEEP_BATCH as KEEP_BEFORE
from threads.migrations.versions.v0010_letters_in_order import CLAIM as CLAIM_BEFORE
from threads.migrations.versions.v0012_promises import EVERY_PRACTICE

revision = "v0016"
down_revision = "v0015"
branch_labels = None
depends_on = None

# No row is written anew by these: a default is kept beside the table.
COLUMNS = """
alter table queue add column lane uuid, add column turn smallint not null default 0;
create index queue_turn_idx on queue (kind, turn, next_at);
create index queue_lane_idx on queue (kind, lane, turn) where lane is not null;
"""

# Beyond the 32nd, what waits is served by age. Never before its elders of the same conversation. The rows that the same
# statement has put in before are counted: a trigger sees them.
TAKE_TURN = """
create function take_turn() returns trigger language plpgsql volatile security invoker as $$
begin
    select least(32, greatest(count(*), max(turn))) into new.turn
      from (select turn from queue where kind = new.kind and lane = new.lane order by turn desc limit 32) ahead;
    return new;
end $$
"""
TRIGGER = """
create trigger queue_takes_turn before insert on queue for each row when (new.lane is not null)
execute function take_turn()
"""

# Letters nobody could be found for share one line in their practice: who floods it delays no client.
WAITING = """
update queue q set lane = w.lane, turn = w.turn
  from (select kind, practice_id, id, lane,
               least(32, row_number() over (partition by kind, lane order by next_at, id) - 1) as turn
          from (select q.kind, q.practice_id, q.id, q.next_at, coalesce(o.conversation_id, o.practice_id) as lane
                  from queue q join originals o on o.practice_id = q.practice_id and o.id = q.id
                 where q.kind = 'read'
                union all
                select q.kind, q.practice_id, q.id, q.next_at, x.conversation_id
                  from queue q join outbox x on x.practice_id = q.practice_id and x.id = q.id
                 where q.kind = 'send'
                union all
                select q.kind, q.practice_id, q.id, q.next_at, a.conversation_id
                  from queue q join attachments a on a.practice_id = q.practice_id and a.id = q.id
                 where q.kind = 'check' and a.state = 'waiting') waiting) w
 where q.kind = w.kind and q.practice_id = w.practice_id and q.id = w.id
"""

KEEP_BATCH = """
create function keep_batch(
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
end $$
"""

# As before: one claim after the other on all nodes, no two readers share a conversation, a letter is taken only with all
# that wait before it in its conversation, and one that was tried before is taken alone.
#
# The queue says only whose conversations are looked at, and in what order: a quarter by who waits longest, so that nobody
# waits for good however many come, the others by turns. Their letters are then taken as they arrived.
CLAIM = """
create function claim_letters(due_at timestamptz, held_until timestamptz, most integer, most_octets bigint)
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
end $$
"""


def upgrade() -> None:
    """What waits is put in line with its conversation: a flood may be there already."""
    for statement in statements(COLUMNS):
        op.execute(statement)
    op.execute(EVERY_PRACTICE)
    op.execute(WAITING)
    op.execute("select set_config('quietline.practices', '', true)")
    op.execute(TAKE_TURN)
    op.execute(TRIGGER)
    _anew(KEEP_BATCH, CLAIM)


def downgrade() -> None:
    """Whoever came first is claimed first again."""
    _anew(KEEP_BEFORE, CLAIM_BEFORE)
    op.execute("drop trigger queue_takes_turn on queue")
    op.execute("drop function take_turn")
    op.execute("alter table queue drop column lane, drop column turn")


def _anew(keep: str, claim: str) -> None:
    op.execute("drop function keep_batch")
    op.execute(keep)
    op.execute("drop function claim_letters")
    op.execute(claim)
