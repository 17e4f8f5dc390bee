"""Locked letters: who was the first to send each, so that nobody has another's opened for them.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

from threads.migrations.versions.v0003_sessions import POLICY, statements

revision = "v0011"
down_revision = "v0010"
branch_labels = None
depends_on = None

CHANGES = """
create table locked_letters (
    practice_id uuid not null, mark bytea not null, person_id uuid not null,
    primary key (practice_id, mark),
    foreign key (practice_id, person_id) references people on delete cascade);
"""


def upgrade() -> None:
    """Makes it."""
    for statement in statements(CHANGES + POLICY.format(table="locked_letters")):
        op.execute(statement)


def downgrade() -> None:
    """Drops it."""
    op.execute("drop table locked_letters")
