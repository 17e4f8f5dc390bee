"""Browsers that are told by push."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0053"
down_revision = "v0052"
branch_labels = None
depends_on = None

CHANGES = """
create table push_subscriptions (
    practice_id uuid not null, id uuid not null, person_id uuid not null, sign_in_id uuid not null,
    created_at timestamptz not null, told_at timestamptz, sealed bytea not null,
    primary key (practice_id, id),
    foreign key (practice_id, person_id) references people on delete cascade);
create index push_subscriptions_person_idx on push_subscriptions (practice_id, person_id);
"""
INSTALLS = {"row_security": "2d9c95b22bda8136"}


def upgrade() -> None:
    """A new table: a server of the version before knows nothing of it, and what it writes is told by mail alone."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Nobody is told by push any more until they ask anew."""
    op.execute("drop table push_subscriptions")
