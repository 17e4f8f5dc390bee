"""What programs of others are told, and who they are: numbered events, webhooks, service accounts."""

from alembic import op

from threads.migrations.versions.v0003_sessions import statements

revision = "v0052"
down_revision = "v0051"
branch_labels = None
depends_on = None

CHANGES = """
create table event_feeds (
    practice_id uuid not null primary key references practices on delete cascade,
    last bigint not null, line bigint not null);
create table event_marks (
    practice_id uuid not null, conversation_id uuid not null, number integer not null,
    primary key (practice_id, conversation_id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create table events (
    practice_id uuid not null references practices on delete cascade,
    number bigint not null, at timestamptz not null, type text not null,
    conversation_id uuid, person_id uuid, subject_id uuid, lane_id uuid not null,
    primary key (practice_id, number));
create index events_lane_idx on events (practice_id, lane_id, number);
create index events_person_idx on events (practice_id, person_id, type);
create table webhooks (
    practice_id uuid not null references practices on delete cascade,
    id uuid not null, after bigint not null, created_at timestamptz not null, sealed bytea not null,
    primary key (practice_id, id));
create table webhook_lanes (
    practice_id uuid not null, webhook_id uuid not null, lane_id uuid not null, id uuid not null,
    done bigint not null, attempts integer not null, failing_since timestamptz,
    primary key (practice_id, webhook_id, lane_id),
    foreign key (practice_id, webhook_id) references webhooks on delete cascade);
create unique index webhook_lanes_id_idx on webhook_lanes (practice_id, id);
create table service_accounts (
    practice_id uuid not null references practices on delete cascade,
    id uuid not null, created_at timestamptz not null, token_hash bytea not null, sealed bytea not null,
    primary key (practice_id, id));
create unique index service_accounts_token_idx on service_accounts (practice_id, token_hash);
"""
INSTALLS = {"row_security": "8d9b7bc362e194c3"}

BACK = """
drop table service_accounts;
drop table webhook_lanes;
drop table webhooks;
drop table events;
drop table event_marks;
drop table event_feeds;
"""


def upgrade() -> None:
    """New tables: a server of the version before knows nothing of them, and what it writes is numbered later."""
    for statement in statements(CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """What programs were told is forgotten, and so are they."""
    for statement in statements(BACK):
        op.execute(statement)
