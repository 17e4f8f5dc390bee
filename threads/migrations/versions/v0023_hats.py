"""A second hat: who cares in a practice of their own also administers it, as another person with another role."""

from alembic import op

revision = "v0023"
down_revision = "v0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row is written anew: nobody has one yet."""
    op.execute("alter table people add column hat_of uuid")


def downgrade() -> None:
    """Second hats become people who have no way in."""
    op.execute("alter table people drop column hat_of")
