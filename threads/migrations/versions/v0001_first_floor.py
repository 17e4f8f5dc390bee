"""The first schema: practices, people, conversations, threads, letters by mail, the audit trail.

Plain SQL: a migration is history and must not change when the tables module does. A test compares the two.

Its law is history: what is in force stands in `threads/sql`.
"""

from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table installation (
    id smallint primary key check (id = 1), wrapped_key bytea not null, created_at timestamptz not null);

create table directory (
    kind text not null, hash bytea not null, practice_id uuid not null, target_id uuid not null,
    primary key (kind, hash, practice_id, target_id));

create unique index directory_username_idx on directory (practice_id, hash) where kind = 'username';
create unique index directory_practice_idx on directory (hash) where kind = 'practice';

create table queue (
    kind text not null, practice_id uuid not null, id uuid not null, next_at timestamptz not null,
    primary key (kind, practice_id, id));
create index queue_due_idx on queue (kind, next_at);

create table practices (
    practice_id uuid primary key, slug text not null, name text not null, time_zone text not null,
    mail_domain text, created_at timestamptz not null);

create table data_keys (
    practice_id uuid not null references practices on delete cascade,
    owner_id uuid not null, wrapped bytea not null, created_at timestamptz not null,
    primary key (practice_id, owner_id));

create table people (
    practice_id uuid not null references practices on delete cascade,
    id uuid not null, role text not null, email_mode text not null, active boolean not null,
    password_hash text, sealed bytea not null, created_at timestamptz not null,
    primary key (practice_id, id));

create table sign_ins (
    practice_id uuid not null, id uuid not null, person_id uuid not null, kind text not null,
    token_hash bytea not null, created_at timestamptz not null, seen_at timestamptz not null,
    expires_at timestamptz not null, ended_at timestamptz,
    primary key (practice_id, id),
    foreign key (practice_id, person_id) references people on delete cascade);
create unique index sign_ins_token_idx on sign_ins (practice_id, token_hash);

create table conversations (
    practice_id uuid not null references practices on delete cascade,
    id uuid not null, kind text not null, revision bigint not null, last_number integer not null,
    last_at timestamptz, waiting_since timestamptz, live_session uuid, answer_weekday smallint,
    answer_by time not null, created_at timestamptz not null,
    primary key (practice_id, id)) with (fillfactor = 70);

create table members (
    practice_id uuid not null, conversation_id uuid not null, person_id uuid not null, role text not null,
    read_number integer not null, joined_at timestamptz not null, left_at timestamptz,
    primary key (practice_id, conversation_id, person_id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade,
    foreign key (practice_id, person_id) references people on delete cascade) with (fillfactor = 80);
create index members_person_idx on members (practice_id, person_id, conversation_id);

create table sessions (
    practice_id uuid not null, id uuid not null, conversation_id uuid not null, state text not null,
    starts timestamptz not null, minutes integer not null, opened_at timestamptz, ended_at timestamptz,
    primary key (practice_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create index sessions_conversation_idx on sessions (practice_id, conversation_id, starts);

create table entries (
    practice_id uuid not null, conversation_id uuid not null, number integer not null, id uuid not null,
    author_id uuid not null, key uuid not null, kind text not null, channel text not null,
    session_id uuid, letter_id uuid, at timestamptz not null, sealed bytea not null,
    primary key (practice_id, conversation_id, number),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create unique index entries_key_idx on entries (practice_id, conversation_id, author_id, key);

create table message_ids (
    practice_id uuid not null, conversation_id uuid not null, hash bytea not null, letter_id uuid not null,
    primary key (practice_id, conversation_id, hash),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);

create table attachments (
    practice_id uuid not null, conversation_id uuid not null, id uuid not null, number integer not null,
    size bigint not null, sealed bytea not null,
    primary key (practice_id, conversation_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);

create table reply_tokens (
    practice_id uuid not null, hash bytea not null, conversation_id uuid not null, person_id uuid not null,
    sealed bytea not null, created_at timestamptz not null, revoked_at timestamptz,
    primary key (practice_id, hash),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create index reply_tokens_pair_idx on reply_tokens (practice_id, conversation_id, person_id);

create table originals (
    practice_id uuid not null references practices on delete cascade,
    id uuid not null, conversation_id uuid, person_id uuid, state text not null, reason text,
    received_at timestamptz not null, attempts integer not null,
    envelope bytea not null, raw bytea not null, summary bytea,
    primary key (practice_id, id));
create index originals_state_idx on originals (practice_id, state, received_at);
alter table originals alter column raw set storage external;

create table outbox (
    practice_id uuid not null, id uuid not null, conversation_id uuid not null, number integer not null,
    person_id uuid not null, state text not null, attempts integer not null,
    created_at timestamptz not null, next_at timestamptz, settled_at timestamptz, code smallint, sealed bytea not null,
    primary key (practice_id, id),
    foreign key (practice_id, conversation_id) references conversations on delete cascade);
create index outbox_entry_idx on outbox (practice_id, conversation_id, number);

create table trail (
    practice_id uuid not null references practices on delete cascade,
    seq bigint not null, at timestamptz not null, actor_id uuid not null, action text not null,
    subject_id uuid, mac bytea not null,
    primary key (practice_id, seq));
"""

# Evaluated once a statement, not once a row: the setting is read inside a scalar sub-select.
POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy within_practice on {table}
    using (practice_id = any ((select nullif(current_setting('quietline.practices', true), ''))::uuid[]))
    with check (practice_id = any ((select nullif(current_setting('quietline.practices', true), ''))::uuid[]));
"""

TENANT_TABLES = [
    "practices",
    "data_keys",
    "people",
    "sign_ins",
    "conversations",
    "members",
    "sessions",
    "entries",
    "message_ids",
    "attachments",
    "reply_tokens",
    "originals",
    "outbox",
    "trail",
]


def upgrade() -> None:
    """Makes everything."""
    for statement in _statements(TABLES):
        op.execute(statement)
    for table in TENANT_TABLES:
        for statement in _statements(POLICY.format(table=table)):
            op.execute(statement)


def downgrade() -> None:
    """Drops everything: only ever run on an empty installation."""
    for table in (*reversed(TENANT_TABLES), "queue", "directory", "installation"):
        op.execute(f"drop table {table}")


def _statements(script: str) -> list[str]:
    """One by one: the driver prepares each statement and takes no scripts."""
    return [part for part in (p.strip() for p in script.split(";\n")) if part]
