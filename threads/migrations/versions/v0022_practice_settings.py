"""What a practice sets for itself: the days it works, and what its mail is called."""

from alembic import op

revision = "v0022"
down_revision = "v0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row is written anew: where nothing is said, it is Monday to Friday and our own words."""
    op.execute("alter table practices add column settings jsonb")


def downgrade() -> None:
    """What practices have said is lost."""
    op.execute("alter table practices drop column settings")
