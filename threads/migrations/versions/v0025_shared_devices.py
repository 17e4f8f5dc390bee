"""Sign-ins at devices that others use too."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0025"
down_revision = "v0023"
branch_labels = None
depends_on = None

CHANGES = """
alter table sign_ins add column shared boolean not null default false;
"""

BACK = """
alter table sign_ins drop column shared;
"""


def upgrade() -> None:
    """No row is written anew. A server of the version before takes every device for its user's alone."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """What was said of devices is lost."""
    for statement in statements(BACK):
        op.execute(statement)
