"""The practice's documents in their versions, and who has agreed to which."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0047"
down_revision = "v0046"
branch_labels = None
depends_on = None

CHANGES = """
create table documents (
    practice_id uuid not null, id uuid not null, language text not null, way text not null, original_id uuid not null,
    made_at timestamptz not null, ended_at timestamptz,
    primary key (practice_id, id),
    foreign key (practice_id) references practices on delete cascade);
create table document_versions (
    practice_id uuid not null, document_id uuid not null, version integer not null, author_id uuid not null,
    made_at timestamptz not null, binds_from timestamptz not null, sealed bytea not null,
    primary key (practice_id, document_id, version),
    foreign key (practice_id, document_id) references documents on delete cascade);
create table agreements (
    practice_id uuid not null, conversation_id uuid not null, id uuid not null, person_id uuid not null,
    document_id uuid not null, version integer not null, at timestamptz not null, withdrawn_at timestamptz,
    sealed bytea not null,
    primary key (practice_id, conversation_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, person_id) references people on delete cascade);
"""
INSTALLS = {"row_security": "c784616a56f62f12", "serving": "85c872819b4b34f5"}

BACK = """
drop table agreements;
drop table document_versions;
drop table documents;
"""


def upgrade() -> None:
    """New tables: a server of the version before knows nothing of them, and lets everybody begin what they will."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """The practice's documents are lost, and who agreed to them; that they did stands in the record."""
    for statement in statements(BACK):
        op.execute(statement)
