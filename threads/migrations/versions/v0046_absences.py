"""Who is away, who stands in for them, and on which days nobody answers in a conversation."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0046"
down_revision = "v0045"
branch_labels = None
depends_on = None

CHANGES = """
create table absences (
    practice_id uuid not null, id uuid not null, person_id uuid not null, from_day date not null, until_day date not null,
    begins timestamptz not null, ends timestamptz not null, reason text not null, cover_id uuid, scope text, offer text,
    offer_until timestamptz, made_by uuid not null, made_at timestamptz not null, ended_at timestamptz,
    primary key (practice_id, id),
    foreign key (practice_id, person_id) references people on delete cascade);
create index absences_person_idx on absences (practice_id, person_id, made_at);
create index absences_cover_idx on absences (practice_id, cover_id);
create table covers (
    practice_id uuid not null, absence_id uuid not null, conversation_id uuid not null, asked jsonb,
    told_at timestamptz not null, began_at timestamptz, ended_at timestamptz,
    primary key (practice_id, absence_id, conversation_id),
    foreign key (practice_id, absence_id) references absences on delete cascade,
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create index covers_conversation_idx on covers (practice_id, conversation_id);
alter table conversations add column away jsonb;
alter table members add column cover_absence uuid;
alter table members add column cover_scope text;
alter table members add column cover_until timestamptz;
"""
INSTALLS = {"record": "5e12246460558ee1", "row_security": "427b7d222ac5d090"}

BACK = """
update members set left_at = coalesce(left_at, now()) where cover_absence is not null;
alter table members drop column cover_until;
alter table members drop column cover_scope;
alter table members drop column cover_absence;
alter table conversations drop column away;
drop table covers;
drop table absences;
"""


def upgrade() -> None:
    """New tables, and columns without a value in any row: a program of before goes on beside them, and knows no absence."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """Absences are lost; who stood in for somebody does so no more."""
    for statement in statements(BACK):
        op.execute(statement)
