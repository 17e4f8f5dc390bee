"""Erasing: the one way in which an entry may be made unreadable. Who read, found with who was handed a file."""

from alembic import op

revision = "v0028"
down_revision = "v0025"
branch_labels = None
depends_on = None

INSTALLS = {"erasing": "0501ec2ca044e9a3", "serving": "9e8bc0c3be67f4e8"}


def upgrade() -> None:
    """One index for another; the law."""
    op.execute("drop index trail_opened_idx")
    op.execute(
        "create index trail_readers_idx on trail (practice_id, subject_id, at) "
        "where action = 'opened' or action like 'exported%'"
    )


def downgrade() -> None:
    """The function stays, unused."""
    op.execute("drop index trail_readers_idx")
    op.execute("create index trail_opened_idx on trail (practice_id, subject_id, at) where action = 'opened'")
