"""Releases: who may read which part of a record, and until when."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0051"
down_revision = "v0047"
branch_labels = None
depends_on = None

CHANGES = """
create table releases (
    practice_id uuid not null, conversation_id uuid not null, id uuid not null, giver_id uuid not null,
    receiver_id uuid not null, made_at timestamptz not null, parts text not null, since timestamptz not null,
    until timestamptz, expires_at timestamptz not null, ended_at timestamptz, sealed bytea not null,
    primary key (practice_id, conversation_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create index releases_receiver_idx on releases (practice_id, receiver_id, expires_at);
create index releases_id_idx on releases (practice_id, id);
"""
INSTALLS = {"row_security": "0d485d0cab478361"}


def upgrade() -> None:
    """A new table: a server of the version before knows nothing of releases, and nobody reads by one there."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Nobody reads by a release any more, and nobody knows that somebody did but the record and the trail."""
    op.execute("delete from queue where kind = 'release'")
    op.execute("drop table releases")
