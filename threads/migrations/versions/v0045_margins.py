"""What a clinician keeps free around sessions, how long before one it may be taken, and calling off late."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0045"
down_revision = "v0039"
branch_labels = None
depends_on = None

CHANGES = """
alter table people add column margin_before integer not null default 0;
alter table people add column margin_after integer not null default 0;
alter table people add column margin_notice integer not null default 0;
alter table session_rules add column cancel_minutes integer not null default 0;
alter table sessions add column late boolean not null default false;
"""

BACK = """
alter table sessions drop column late;
alter table session_rules drop column cancel_minutes;
alter table people drop column margin_notice;
alter table people drop column margin_after;
alter table people drop column margin_before;
"""


def upgrade() -> None:
    """Constant defaults: no row is written anew. A program of before keeps nobody's margins, and calls nothing late."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Margins are lost, and which sessions were called off late; the record still says it."""
    for statement in statements(BACK):
        op.execute(statement)
