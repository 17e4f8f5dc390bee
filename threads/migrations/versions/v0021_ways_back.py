"""Ways back in for who has lost a password: links, wishes that somebody says yes to, recovery phrases. And passkeys."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0021"
down_revision = "v0020"
branch_labels = None
depends_on = None

CHANGES = """
create table ways_back (
    practice_id uuid not null, person_id uuid not null, link_hash bytea, link_until timestamptz,
    wished_at timestamptz, yes_by uuid, yes_at timestamptz, stop_hash bytea,
    primary key (practice_id, person_id),
    foreign key (practice_id, person_id) references people on delete cascade);
create unique index ways_back_link_idx on ways_back (practice_id, link_hash);
create unique index ways_back_stop_idx on ways_back (practice_id, stop_hash);
create table passkeys (
    practice_id uuid not null, id uuid not null, person_id uuid not null, credential bytea not null,
    public_key bytea not null, signs bigint not null, device text not null, challenged bigint not null,
    created_at timestamptz not null, used_at timestamptz,
    primary key (practice_id, id),
    foreign key (practice_id, person_id) references people on delete cascade);
create unique index passkeys_credential_idx on passkeys (practice_id, credential);
create index passkeys_person_idx on passkeys (practice_id, person_id);
create table recovery_phrases (
    practice_id uuid not null, person_id uuid not null, hash text not null, made_at timestamptz not null,
    primary key (practice_id, person_id),
    foreign key (practice_id, person_id) references people on delete cascade);
"""
INSTALLS = {"row_security": "618e9436bfa07fdc"}

BACK = """
drop table passkeys;
drop table recovery_phrases;
drop table ways_back;
"""


def upgrade() -> None:
    """No row is written anew. Who has a password gets a phrase when they make one."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """What they hold is lost."""
    for statement in statements(BACK):
        op.execute(statement)
