"""OpenPGP: a client's key, or one that came along and waits for their word; and each practice's own.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

from threads.migrations.versions.v0003_sessions import POLICY, statements

revision = "v0007"
down_revision = "v0006"
branch_labels = None
depends_on = None

CHANGES = """
create table pgp_keys (
    practice_id uuid not null, person_id uuid not null, standing text not null, fingerprint text not null,
    source text not null, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, person_id, standing),
    foreign key (practice_id, person_id) references people on delete cascade);
create table practice_pgp_keys (
    practice_id uuid not null, created_at timestamptz not null, sealed bytea not null,
    primary key (practice_id),
    foreign key (practice_id) references practices on delete cascade);
"""


def upgrade() -> None:
    """Makes them."""
    policies = "".join(POLICY.format(table=table) for table in ("pgp_keys", "practice_pgp_keys"))
    for statement in statements(CHANGES + policies):
        op.execute(statement)


def downgrade() -> None:
    """Drops them."""
    op.execute("drop table practice_pgp_keys")
    op.execute("drop table pgp_keys")
