"""The screener remembers: a client's further addresses, checked by a clinician; and the same letter is held once.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

from threads.migrations.versions.v0003_sessions import POLICY, statements

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None

CHANGES = """
alter table originals add column letter_key uuid;
create index originals_letter_idx on originals (practice_id, letter_key) where letter_key is not null;

create table further_addresses (
    practice_id uuid not null, person_id uuid not null, id uuid not null, sealed bytea not null,
    checked_by uuid not null, at timestamptz not null,
    primary key (practice_id, person_id, id),
    foreign key (practice_id, person_id) references people on delete cascade);
"""


def upgrade() -> None:
    """Makes it."""
    for statement in statements(CHANGES + POLICY.format(table="further_addresses")):
        op.execute(statement)


def downgrade() -> None:
    """Drops it."""
    op.execute("drop table further_addresses")
    op.execute("drop index originals_letter_idx")
    op.execute("alter table originals drop column letter_key")
