"""Sessions as a frame: planned, moved, missed; check-ins, code words, offered times, drafts; an end that holds by itself.

`conversations.live_until` lets the writer refuse words after a session's time without looking at the session.
`entries.amends` names the number that a correction or a withdrawal is about; what was said first stays as it was.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

from threads.migrations.versions.v0002_write_batch import WRITE_BATCH as BEFORE

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

CHANGES = """
alter table sessions add column sequence integer not null default 0;
create index sessions_state_idx on sessions (practice_id, state, starts);
alter table conversations add column live_until timestamptz;
alter table entries add column amends integer;
create index entries_amends_idx on entries (practice_id, conversation_id, amends) where amends is not null;

create table session_rules (
    practice_id uuid primary key references practices on delete cascade,
    grace_minutes integer not null, plan_b_minutes integer not null, reminder_minutes integer not null,
    code_word boolean not null, regions text not null);

create table slots (
    practice_id uuid not null, id uuid not null, clinician_id uuid not null, starts timestamptz not null,
    minutes integer not null, session_id uuid, created_at timestamptz not null,
    primary key (practice_id, id),
    foreign key (practice_id, clinician_id) references people on delete cascade);
create index slots_clinician_idx on slots (practice_id, clinician_id, starts);

create table check_ins (
    practice_id uuid not null, conversation_id uuid not null, id uuid not null, session_id uuid not null,
    person_id uuid not null, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, conversation_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, person_id) references people on delete cascade);
create index check_ins_session_idx on check_ins (practice_id, conversation_id, session_id, at);

create table code_words (
    practice_id uuid not null, person_id uuid not null, hash text not null, set_at timestamptz not null,
    primary key (practice_id, person_id),
    foreign key (practice_id, person_id) references people on delete cascade);

create table drafts (
    practice_id uuid not null, conversation_id uuid not null, person_id uuid not null, id uuid not null,
    kind text not null, revision integer not null, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, conversation_id, person_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, person_id) references people on delete cascade);
"""

POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy within_practice on {table}
    using (practice_id = any ((select nullif(current_setting('quietline.practices', true), ''))::uuid[]))
    with check (practice_id = any ((select nullif(current_setting('quietline.practices', true), ''))::uuid[]));
"""

TENANT_TABLES = ["session_rules", "slots", "check_ins", "code_words", "drafts"]

OLD = (
    "write_batch(text, uuid[], uuid[], uuid[], uuid[], uuid[], text[], text[], uuid[], timestamptz[], bytea[], "
    "text[], text[], text)"
)

WRITE_BATCH = """
create function write_batch(
    practices text, practice_ids uuid[], conversation_ids uuid[], ids uuid[], author_ids uuid[], keys uuid[],
    kinds text[], channels text[], letter_ids uuid[], amendeds integer[], ats timestamptz[], sealeds bytea[],
    gates text[], turns text[], node text)
returns table (
    verdict text, number integer, id uuid, at timestamptz, known_sealed bytea, revision bigint, session_id uuid,
    waiting_since timestamptz)
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
    with asked as materialized (
        select *
          from unnest(practice_ids, conversation_ids, ids, author_ids, keys, kinds, channels, letter_ids,
                      amendeds, ats, sealeds, gates, turns)
          with ordinality as a (practice_id, conversation_id, id, author_id, key, kind, channel, letter_id,
                                amends, at, sealed, gate, turn, ord)
    ), judged as materialized (
        select a.*, c.last_number, c.revision, c.live_session, c.waiting_since,
               e.number as known_number, e.id as known_id, e.at as known_at, e.sealed as known_sealed,
               case when e.number is not null then 'known'
                    when c.id is null then 'not_found'
                    when m.person_id is null and a.gate <> 'system' and a.author_id <> nobody then 'not_found'
                    when a.gate = 'live' and (c.live_session is null or a.at > c.live_until) then 'no_session'
                    when a.gate = 'ending' and c.live_session is null then 'no_session'
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
    ), rung as (
        select pg_notify('quietline', 'n ' || node || ' '
                         || string_agg(practice_id || '/' || conversation_id || '/' || last, ' '))
          from (select practice_id, conversation_id, last, row_number() over () / 80 as page from changed) bells
         group by page
    )
    select verdict, (case verdict when 'new' then number else coalesce(known_number, 0) end)::integer as number,
           coalesce(known_id, id) as id,
           coalesce(known_at, at) as at, known_sealed, revision,
           case when gate in ('live', 'ending') then live_session end as session_id,
           case when answered is null then coalesce(waiting_since, asked) else asked end as waiting_since
      from turned, (select count(*) from rung) as rang
     order by ord;
end $$
"""


def upgrade() -> None:
    """Makes it."""
    for statement in statements(CHANGES):
        op.execute(statement)
    for table in TENANT_TABLES:
        for statement in statements(POLICY.format(table=table)):
            op.execute(statement)
    op.execute(f"drop function {OLD}")
    op.execute(WRITE_BATCH)


def downgrade() -> None:
    """Drops it: only ever run where nothing of it was used."""
    for table in reversed(TENANT_TABLES):
        op.execute(f"drop table {table}")
    op.execute("drop index sessions_state_idx")
    op.execute("alter table sessions drop column sequence")
    op.execute("alter table conversations drop column live_until")
    op.execute("alter table entries drop column amends")
    op.execute("drop function write_batch")
    op.execute(BEFORE)


def statements(script: str) -> list[str]:
    """One by one: the driver prepares each statement and takes no scripts."""
    return [part for part in (p.strip() for p in script.split(";\n")) if part]
