"""A letter not yet sent stands in the queue under a name of its own: its key may be another's elsewhere."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements
from threads.migrations.versions.v0012_promises import EVERY_PRACTICE

revision = "v0014"
down_revision = "v0013"
branch_labels = None
depends_on = None

NAMES = """
alter table pending_letters add column queued_as uuid not null default gen_random_uuid();
drop index pending_letters_id_idx;
create unique index pending_letters_queued_idx on pending_letters (practice_id, queued_as);
"""
KEYS = """
drop index pending_letters_queued_idx;
alter table pending_letters drop column queued_as;
create index pending_letters_id_idx on pending_letters (practice_id, id);
"""
QUEUE = """
delete from queue where kind = 'letter';
insert into queue (kind, practice_id, id, next_at)
select 'letter', practice_id, {name}, send_at from pending_letters where send_at is not null
on conflict do nothing;
"""


def upgrade() -> None:
    """What waits is queued by its new name."""
    _requeued(NAMES, "queued_as")


def downgrade() -> None:
    """And by its key again."""
    _requeued(KEYS, "id")


def _requeued(change: str, name: str) -> None:
    for statement in statements(change):
        op.execute(statement)
    op.execute(EVERY_PRACTICE)
    for statement in statements(QUEUE.format(name=name)):
        op.execute(statement)
    op.execute("select set_config('quietline.practices', '', true)")
