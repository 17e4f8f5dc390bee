"""A reply address leads nowhere once its holder has left the conversation or the practice, whoever ended it and how.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

revision = "v0013"
down_revision = "v0012"
branch_labels = None
depends_on = None

ROUTES = """
create or replace function reply_routes(hashes bytea[])
returns table (hash bytea, practice_id uuid, conversation_id uuid, person_id uuid, revoked boolean)
language plpgsql volatile security invoker as $$
#variable_conflict use_column
begin
    perform set_config('quietline.practices',
                       (select '{{' || coalesce(string_agg(distinct practice_id::text, ','), '') || '}}'
                          from directory where kind = 'reply' and hash = any (hashes)),
                       true);

    return query
    select t.hash, t.practice_id, t.conversation_id, t.person_id, {revoked}
      from directory d
      join reply_tokens t on t.practice_id = d.practice_id and t.hash = d.hash
     where d.kind = 'reply' and d.hash = any (hashes);
end $$
"""
BEFORE = "t.revoked_at is not null"
NOW = """t.revoked_at is not null or not exists (
               select from members m
                 join people p on p.practice_id = m.practice_id and p.id = m.person_id and p.active
                where m.practice_id = t.practice_id and m.conversation_id = t.conversation_id
                  and m.person_id = t.person_id and m.left_at is null)"""


def upgrade() -> None:
    """Looks at the holder as well."""
    op.execute(ROUTES.format(revoked=NOW))


def downgrade() -> None:
    """Looks at the address alone."""
    op.execute(ROUTES.format(revoked=BEFORE))
