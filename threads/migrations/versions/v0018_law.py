"""The law stands in `threads/sql` from here on: functions, triggers, row security and rights.

It says what the steps up to v0017 had made of it, so nothing changes. A step like this one is added whenever a file of it
changes, with the mark of that file (`threads.law.mark_of`); what the file says is laid on after the last step.
"""

revision = "v0018"
down_revision = "v0017"
branch_labels = None
depends_on = None

INSTALLS = {
    "arriving": "2d12a98d0767038e",
    "queue": "6525300a29daf2c4",
    "record": "ff93d952e5e5d07a",
    "row_security": "ca439b889cb06b73",
    "serving": "1cce97e54e465ef7",
}


def upgrade() -> None:
    """Changes no table."""


def downgrade() -> None:
    """A program of before has its own law, and lays it on when it migrates."""
