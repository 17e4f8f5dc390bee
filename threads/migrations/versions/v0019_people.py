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
alter table people add column second_factor boolean not null default false;
alter table people add column grace_until timestamptz;
alter table sign_ins add column device text;
alter table sign_ins add column stepped_up_until timestamptz;
create table second_factors (
    practice_id uuid not null, person_id uuid not null, sealed bytea, offered bytea, last_step bigint not null,
    primary key (practice_id, person_id),
    foreign key (practice_id, person_id) references people on delete cascade);
create table recovery_codes (
    practice_id uuid not null, person_id uuid not null, hash bytea not null, used_at timestamptz,
    primary key (practice_id, person_id, hash),
    foreign key (practice_id, person_id) references people on delete cascade);
alter table conversations add column answer_days smallint not null default 2;
alter table members add column first_number integer not null default 1;
create index sign_ins_person_idx on sign_ins (practice_id, person_id, created_at);
create index trail_opened_idx on trail (practice_id, subject_id, at) where action = 'opened';
create unique index directory_ref_idx on directory (practice_id, kind, hash)
    where kind in ('person_ref', 'conversation_ref');
"""

# Row-level security hides them from a bare statement.
EVERY_PRACTICE = """
select set_config('quietline.practices', coalesce(array_agg(practice_id), '{}')::text, true)
  from directory where kind = 'practice'
"""
GRACE = "update people set grace_until = now() + interval '14 days' where role <> 'client'"
INSTALLS = {"row_security": "0787638a82173e32"}

BACK = """
drop table recovery_codes;
drop table second_factors;
alter table sign_ins drop column stepped_up_until;
alter table people drop column grace_until;
alter table people drop column second_factor;
drop index directory_ref_idx;
drop index trail_opened_idx;
drop index sign_ins_person_idx;
alter table members drop column first_number;
alter table conversations drop column answer_days;
alter table sign_ins drop column device;
alter table people drop column added_by;
alter table practices drop column numbers;
"""


def upgrade() -> None:
    """No row is written anew but those of the people who work here: they have two weeks to set up a second factor."""
    for statement in statements(CHANGES):
        op.execute(statement)
    op.execute(EVERY_PRACTICE)
    op.execute(GRACE)
    op.execute("select set_config('quietline.practices', '', true)")


def downgrade() -> None:
    """What they hold is lost."""
    for statement in statements(BACK):
        op.execute(statement)
