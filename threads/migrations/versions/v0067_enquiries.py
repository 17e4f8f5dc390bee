"""A conversation may have begun as an enquiry of somebody who was not in care: open, claimed or declined."""

import sqlalchemy as sa
from alembic import op

revision = "v0067"
down_revision = "v0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A program of before shows it as any other conversation of those who belong to it."""
    op.add_column("conversations", sa.Column("enquiry", sa.Text()))


def downgrade() -> None:
    """They are conversations like any other."""
    op.drop_column("conversations", "enquiry")
