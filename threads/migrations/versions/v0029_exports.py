"""Records that are handed out in the background, and their files, sealed in chunks."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0029"
down_revision = "v0028"
branch_labels = None
depends_on = None

CHANGES = """
create table exports (
    practice_id uuid not null, id uuid not null, conversation_id uuid not null, person_id uuid not null,
    form text not null, state text not null, made_at timestamptz not null, tries integer not null default 0,
    progress smallint not null default 0, mark uuid not null, octets bigint not null default 0,
    expires_at timestamptz, sealed bytea,
    primary key (practice_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, person_id) references people on delete cascade);
create unique index exports_unmade_idx on exports (practice_id, conversation_id, person_id, form)
    where state in ('waiting', 'working');
create index exports_person_idx on exports (practice_id, person_id, conversation_id);
create table export_chunks (
    practice_id uuid not null, export_id uuid not null, number integer not null, sealed bytea not null,
    primary key (practice_id, export_id, number),
    foreign key (practice_id, export_id) references exports on delete cascade);
alter table export_chunks alter column sealed set storage external;
"""
# What is sealed cannot be packed; stored so, no time is lost trying.
INSTALLS = {"row_security": "c3fde3c65ef8339b"}

BACK = """
drop table export_chunks;
drop table exports;
delete from queue where kind in ('export', 'export_end');
"""


def upgrade() -> None:
    """New tables: a server of the version before knows nothing of them."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Whoever wants a copy asks for it anew."""
    for statement in statements(BACK):
        op.execute(statement)
