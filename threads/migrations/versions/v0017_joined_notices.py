"""A notice tells of many letters: which one told of a letter is kept with the letter's own."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0017"
down_revision = "v0016"
branch_labels = None
depends_on = None

COLUMNS = """
alter table outbox add column told_by uuid;
create index outbox_notices_idx on outbox (practice_id, conversation_id, person_id, settled_at)
    where form in ('notice', 'keyless', 'expired', 'unusable');
create index outbox_told_idx on outbox (practice_id, told_by) where told_by is not null;
"""


BACK = """
drop index outbox_told_idx;
drop index outbox_notices_idx;
alter table outbox drop column told_by;
"""


def upgrade() -> None:
    """No row is written anew."""
    for statement in statements(COLUMNS):
        op.execute(statement)


def downgrade() -> None:
    """What was told with another counts as sent."""
    for statement in statements(BACK):
        op.execute(statement)
