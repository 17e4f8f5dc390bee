"""Legal holds: what must not be erased, whatever its term."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0033"
down_revision = "v0032"
branch_labels = None
depends_on = None

CHANGES = """
alter table conversations add column legal_hold_at timestamptz;
alter table people add column legal_hold_at timestamptz;
"""

BACK = """
alter table people drop column legal_hold_at;
alter table conversations drop column legal_hold_at;
"""


def upgrade() -> None:
    """No row is written anew."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Holds are lost; the trail has them still."""
    for statement in statements(BACK):
        op.execute(statement)
