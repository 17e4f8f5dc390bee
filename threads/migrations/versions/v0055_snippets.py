"""Short texts of a clinician's own."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0055"
down_revision = "v0054"
branch_labels = None
depends_on = None

CHANGES = """
create table snippets (
    practice_id uuid not null, person_id uuid not null, id uuid not null, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, person_id, id),
    foreign key (practice_id, person_id) references people on delete cascade);
"""
INSTALLS = {"row_security": "8b2b9df0b7ba6ada"}


def upgrade() -> None:
    """A new table: a program of before knows nothing of it."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """All snippets are lost."""
    op.execute("drop table snippets")
