"""Archives of a whole practice among the records that are handed out; practices that were erased stay known by their ids."""

from alembic import op

revision = "v0034"
down_revision = "v0033"
branch_labels = None
depends_on = None

ERASED = """
insert into directory (kind, hash, practice_id, target_id)
select 'erased_practice', uuid_send(practice_id), practice_id, practice_id
  from practices where slug = 'erased-' || practice_id
"""


def upgrade() -> None:
    """No row is written anew. A server of the version before finds none: their work waits under another name."""
    op.execute("alter table exports alter column conversation_id drop not null")
    # Row security hides practices from their owner too, and nobody can state those that are meant.
    op.execute("alter table practices no force row level security")
    op.execute(ERASED)
    op.execute("alter table practices force row level security")


def downgrade() -> None:
    """Whoever wants one asks for it anew. Rows of all practices go by no other statement: row security hides them."""
    op.execute("delete from directory where kind = 'erased_practice'")
    op.execute("truncate exports, export_chunks")
    op.execute("delete from queue where kind in ('export', 'export_practice', 'export_end')")
    op.execute("alter table exports alter column conversation_id set not null")
