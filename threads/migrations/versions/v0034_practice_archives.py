"""Archives of a whole practice, among the records that are handed out in the background."""

from alembic import op

revision = "v0034"
down_revision = "v0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row is written anew. A server of the version before finds none: their work waits under another name."""
    op.execute("alter table exports alter column conversation_id drop not null")


def downgrade() -> None:
    """Whoever wants one asks for it anew. Rows of all practices go by no other statement: row security hides them."""
    op.execute("truncate exports, export_chunks")
    op.execute("delete from queue where kind in ('export', 'export_practice', 'export_end')")
    op.execute("alter table exports alter column conversation_id set not null")
