"""How clinicians arrange their inboxes: labels, who answers, and what one of them has put aside until when."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0039"
down_revision = "v0038"
branch_labels = None
depends_on = None

CHANGES = """
alter table conversations add column assignee_id uuid;
alter table conversations add column labels bytea;
alter table members add column snoozed_until timestamptz;
alter table members add column snoozed_number integer;
"""

BACK = """
alter table members drop column snoozed_number;
alter table members drop column snoozed_until;
alter table conversations drop column labels;
alter table conversations drop column assignee_id;
"""


def upgrade() -> None:
    """Columns without a value in any row: nothing is written anew, and a program of before goes on beside them."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Labels, who answers and what was put aside are lost; no entry is."""
    for statement in statements(BACK):
        op.execute(statement)
