"""Letters that are written and not yet sent: taken back within moments, or sent at a time of one's choosing.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

from threads.migrations.versions.v0003_sessions import POLICY, statements

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None

CHANGES = """
create table pending_letters (
    practice_id uuid not null, conversation_id uuid not null, author_id uuid not null, id uuid not null,
    state text not null, send_at timestamptz, wake_at timestamptz, created_at timestamptz not null, sealed bytea not null,
    primary key (practice_id, conversation_id, author_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, author_id) references people on delete cascade);
create index pending_letters_id_idx on pending_letters (practice_id, id);
"""


def upgrade() -> None:
    """Makes it."""
    for statement in statements(CHANGES + POLICY.format(table="pending_letters")):
        op.execute(statement)


def downgrade() -> None:
    """Drops it."""
    op.execute("drop table pending_letters")
