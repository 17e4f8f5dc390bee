"""Progress notes and process notes."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0038"
down_revision = "v0037"
branch_labels = None
depends_on = None

CHANGES = """
create table progress_notes (
    practice_id uuid not null, conversation_id uuid not null, id uuid not null, version integer not null,
    author_id uuid not null, made_at timestamptz not null, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, conversation_id, id, version),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create table process_notes (
    practice_id uuid not null, conversation_id uuid not null, author_id uuid not null, id uuid not null,
    revision integer not null, made_at timestamptz not null, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, conversation_id, author_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, author_id) references people on delete cascade);
alter table exports add column own_notes boolean not null default false;
"""
INSTALLS = {"row_security": "5352bca26fa6d204", "serving": "2bcdc422575a90fa"}

BACK = """
alter table exports drop column own_notes;
drop table process_notes;
drop table progress_notes;
"""


def upgrade() -> None:
    """New tables: a server of the version before knows nothing of them, and makes a file without anybody's own notes."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """All notes are lost."""
    for statement in statements(BACK):
        op.execute(statement)
