"""What is to be read first is watched until somebody has read it; also what came before there was a watch."""

from alembic import op

revision = "v0064"
down_revision = "v0055"
branch_labels = None
depends_on = None

# Looked at once more where it was read long ago, which costs a look each.
WATCH = """
insert into queue (kind, practice_id, id, next_at)
select distinct 'raised', practice_id, conversation_id, now() from entry_subjects where raised
"""
INSTALLS = {"queue": "e1a9a91043802a80"}


def upgrade() -> None:
    """A program of before claims no such work; what it writes is watched by the others."""
    op.execute(WATCH)


def downgrade() -> None:
    """Nobody watches any more."""
    op.execute("delete from queue where kind = 'raised'")
