"""The statement that writes entries is given each one's place in its conversation, and reads no known entry."""

revision = "v0036"
down_revision = "v0035"
branch_labels = None
depends_on = None

INSTALLS = {"record": "1b6ad35cc4156590"}


def upgrade() -> None:
    """Changes no table. The statement of v0035, which no release called, may stay beside it: its arguments are others."""


def downgrade() -> None:
    """As in v0035: a program of before lays its own law on."""
