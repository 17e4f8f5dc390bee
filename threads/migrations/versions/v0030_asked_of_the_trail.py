"""The trail, asked: by which door somebody came, and ways to lines by day, person, record and kind."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0030"
down_revision = "v0029"
branch_labels = None
depends_on = None

CHANGES = """
alter table trail add column door text;
create index trail_at_idx on trail (practice_id, at, seq);
create index trail_actor_idx on trail (practice_id, actor_id, at, seq);
create index trail_subject_idx on trail (practice_id, subject_id, at, seq);
create index trail_act_idx on trail (practice_id, action collate "C", at, seq);
"""

BACK = """
drop index trail_act_idx;
drop index trail_subject_idx;
drop index trail_actor_idx;
drop index trail_at_idx;
alter table trail drop column door;
"""


def upgrade() -> None:
    """No row is written anew. A server of the version before writes lines without a door, which stand as ever; its own
    `audit verify` takes lines with one for changed, so ask the newer.
    """
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """By which doors people came is lost, and with it what the chain was made of: lines with one no longer fit it."""
    for statement in statements(BACK):
        op.execute(statement)
