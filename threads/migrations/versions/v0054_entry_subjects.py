"""What entries are about: assignments, what came back of them, versions of a plan."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0054"
down_revision = "v0053"
branch_labels = None
depends_on = None

CHANGES = """
create table entry_subjects (
    practice_id uuid not null, conversation_id uuid not null, number integer not null, kind text not null,
    about uuid not null, place integer not null, raised boolean not null default false,
    primary key (practice_id, conversation_id, number),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create unique index entry_subjects_about_idx on entry_subjects (practice_id, about, kind, place);
create index entry_subjects_raised_idx on entry_subjects (practice_id, conversation_id, number) where raised;
"""
INSTALLS = {"row_security": "bc5b9599a8bd63b3", "serving": "81f989be4c7b2e5a"}

BACK = "drop table entry_subjects;"


def upgrade() -> None:
    """A new table: a server of the version before knows nothing of it, and writes no entry that would stand in it."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Assignments and plans are found no more; their words stay in the record."""
    for statement in statements(BACK):
        op.execute(statement)
