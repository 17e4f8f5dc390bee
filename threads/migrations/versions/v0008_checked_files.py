"""Files that came by mail: whether a virus checker has looked at them, and what it said."""

from alembic import op

revision = "v0008"
down_revision = "v0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What stands already came before there was a checker, and stays at hand."""
    op.execute(
        "alter table attachments add column state text not null default 'clean',"
        " add column attempts integer not null default 0, add column finding text"
    )


def downgrade() -> None:
    """Forgets it."""
    op.execute("alter table attachments drop column state, drop column attempts, drop column finding")
