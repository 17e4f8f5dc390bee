"""Whether the recovery sheet of the installation's key was written down and asked back."""

from alembic import op

revision = "v0032"
down_revision = "v0031"
branch_labels = None
depends_on = None

INSTALLS = {"serving": "e241aa8a7354c1ab"}


def upgrade() -> None:
    """Nobody was asked yet: everywhere it remains to be done. A server of the version before knows nothing of it."""
    op.execute("alter table installation add column sheet_kept_at timestamptz")


def downgrade() -> None:
    """Who has it on paper is asked again."""
    op.execute("alter table installation drop column sheet_kept_at")
