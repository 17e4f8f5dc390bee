"""The practice's own forms in their versions."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0065"
down_revision = "v0064"
branch_labels = None
depends_on = None

CHANGES = """
create table forms (
    practice_id uuid not null, id uuid not null, made_at timestamptz not null, ended_at timestamptz,
    primary key (practice_id, id),
    foreign key (practice_id) references practices on delete cascade);
create table form_versions (
    practice_id uuid not null, form_id uuid not null, version integer not null, author_id uuid not null,
    made_at timestamptz not null, sealed bytea not null,
    primary key (practice_id, form_id, version),
    foreign key (practice_id, form_id) references forms on delete cascade);
"""
INSTALLS = {"row_security": "7c36b3556261d3b8", "serving": "9ed4ae071ee9accc"}


def upgrade() -> None:
    """New tables: a program of before knows nothing of them."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """All forms are lost; what was answered stands in the records, with its questions."""
    op.execute("drop table form_versions")
    op.execute("drop table forms")
