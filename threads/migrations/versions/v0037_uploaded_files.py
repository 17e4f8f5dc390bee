"""Files that are uploaded for a letter: beside no entry until that is sent, and sealed in pieces."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0037"
down_revision = "v0036"
branch_labels = None
depends_on = None

CHANGES = """
alter table attachments
    add column pieces integer not null default 0, add column uploader_id uuid, add column letter_id uuid,
    add column taken_at timestamptz, add column named bytea;
create index attachments_uploaded_idx on attachments (practice_id, uploader_id) where number = 0;
create table file_pieces (
    practice_id uuid not null, conversation_id uuid not null, file_id uuid not null, number integer not null,
    sealed bytea not null,
    primary key (practice_id, conversation_id, file_id, number),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, conversation_id, file_id) references attachments on delete cascade);
alter table file_pieces alter column sealed set storage external;
"""
INSTALLS = {"row_security": "4e72885d9d21954b"}

BACK = """
drop table file_pieces;
delete from queue where kind = 'upload';
delete from attachments where taken_at is not null;
alter table attachments
    drop column pieces, drop column uploader_id, drop column letter_id, drop column taken_at, drop column named;
"""


def upgrade() -> None:
    """New columns with defaults, and a table: a server of the version before goes on beside them."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """A program of before cannot hand out what lies in pieces: those files are gone."""
    for statement in statements(BACK):
        op.execute(statement)
