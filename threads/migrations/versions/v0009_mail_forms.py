"""What kind of mail an owed one is, so that the page about it tells the truth: the words, a notice, a receipt."""

from alembic import op

revision = "v0009"
down_revision = "v0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is owed since before stays without a kind."""
    op.execute("alter table outbox add column form text")


def downgrade() -> None:
    """Forgets it."""
    op.execute("alter table outbox drop column form")
