"""Promises are looked at when they pass: those who wait already, too."""

from alembic import op

revision = "v0012"
down_revision = "v0011"
branch_labels = None
depends_on = None

# Row-level security hides them from a bare statement.
EVERY_PRACTICE = """
select set_config('quietline.practices', coalesce(array_agg(practice_id), '{}')::text, true)
  from directory where kind = 'practice'
"""
WATCH = """
insert into queue (kind, practice_id, id, next_at)
select 'promise', practice_id, id, now() from conversations where waiting_since is not null
on conflict do nothing
"""


def upgrade() -> None:
    """Each is looked at once, and then when its promise passes."""
    op.execute(EVERY_PRACTICE)
    op.execute(WATCH)
    op.execute("select set_config('quietline.practices', '', true)")


def downgrade() -> None:
    """Nobody looks any more."""
    op.execute("delete from queue where kind = 'promise'")
