"""Care may end, and begin again; who joins from the first word is asked for by those who wrote it."""

from alembic import op

revision = "v0031"
down_revision = "v0030"
branch_labels = None
depends_on = None

INSTALLS = {"record": "205e5ada6a71d884"}


def upgrade() -> None:
    """Columns without a value in any row: nothing is written anew. The law."""
    op.execute("alter table conversations add column ended_at timestamptz")
    op.execute("alter table members add column start_asked jsonb")


def downgrade() -> None:
    """Which conversations are over is lost; their records say it. Who was asked is asked anew."""
    op.execute("alter table members drop column start_asked")
    op.execute("alter table conversations drop column ended_at")
