"""Mail in: what was fetched from mailboxes elsewhere, and letters kept and addresses looked up many at a time.

`keep_batch` and `reply_routes` are functions for the reason `write_batch` is one: a batch costs one round trip.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None

IMAP_POSITIONS = """
create table imap_positions (
    mailbox bytea primary key, validity bigint not null, last_uid bigint not null)
"""

IMAP_KEPT = """
create table imap_kept (
    mailbox bytea not null, letter bytea not null,
    primary key (mailbox, letter))
"""

# Offered again after a lost answer it changes nothing: the ids are made before.
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
        returning practice_id, id, received_at
    )
    insert into queue (kind, practice_id, id, next_at)
    select 'read', practice_id, id, received_at from arrived;

    perform pg_notify('quietline', 'r');
end $$
"""

REPLY_ROUTES = """
create function reply_routes(hashes bytea[])
returns table (hash bytea, practice_id uuid, conversation_id uuid, person_id uuid, revoked boolean)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
begin
    perform set_config('quietline.practices',
                       (select '{' || coalesce(string_agg(distinct practice_id::text, ','), '') || '}'
                          from directory where kind = 'reply' and hash = any (hashes)),
                       true);

    return query
    select t.hash, t.practice_id, t.conversation_id, t.person_id, t.revoked_at is not null
      from directory d
      join reply_tokens t on t.practice_id = d.practice_id and t.hash = d.hash
     where d.kind = 'reply' and d.hash = any (hashes);
end $$
"""


def upgrade() -> None:
    """Makes the tables and the functions."""
    for statement in (IMAP_POSITIONS, IMAP_KEPT, KEEP_BATCH, REPLY_ROUTES):
        op.execute(statement)


def downgrade() -> None:
    """Drops them."""
    op.execute("drop function reply_routes")
    op.execute("drop function keep_batch")
    op.execute("drop table imap_kept")
    op.execute("drop table imap_positions")
