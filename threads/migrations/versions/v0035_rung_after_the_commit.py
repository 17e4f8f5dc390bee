"""The statement that writes entries rings no bell: who wrote them does, after the commit (`threads.nodes.ringer`)."""

revision = "v0035"
down_revision = "v0034"
branch_labels = None
depends_on = None

INSTALLS = {"record": "b6c6d909bbdb4bb6"}


def upgrade() -> None:
    """Changes no table."""


def downgrade() -> None:
    """A program of before has its own law, and lays it on when it migrates; `write_entries` does no harm."""
