"""Whether a sign-in came from a browser its person had signed in from before."""

from alembic import op

revision = "v0020"
down_revision = "v0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row is written anew, and a server of the version before, which does not say, makes none that looks new."""
    op.execute("alter table sign_ins add column known_device boolean not null default true")


def downgrade() -> None:
    """What it says is lost."""
    op.execute("alter table sign_ins drop column known_device")
