"""People: who added a client, what a sign-in runs on, what integrators call things, days of an answer, who joined later."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0019"
down_revision = "v0018"
branch_labels = None
depends_on = None

CHANGES = """
alter table practices add column numbers jsonb;
alter table people add column added_by uuid;
alter table sign_ins add column device text;
alter table conversations add column answer_days smallint not null default 2;
alter table members add column first_number integer not null default 1;
create index sign_ins_person_idx on sign_ins (practice_id, person_id, created_at);
create unique index directory_ref_idx on directory (practice_id, kind, hash)
    where kind in ('person_ref', 'conversation_ref');
"""

BACK = """
drop index directory_ref_idx;
drop index sign_ins_person_idx;
alter table members drop column first_number;
alter table conversations drop column answer_days;
alter table sign_ins drop column device;
alter table people drop column added_by;
alter table practices drop column numbers;
"""


def upgrade() -> None:
    """Columns with defaults: no row is written anew."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """What they hold is lost."""
    for statement in statements(BACK):
        op.execute(statement)
