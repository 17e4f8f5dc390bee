"""What programs of others are told, and who they are: ids, numbers and times in clear, all else sealed."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, Uuid

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

# Up to where a practice is numbered: its last event, and the last line of its trail that was looked at.
event_feeds = Table(
    "event_feeds",
    metadata,
    practice_id(),
    Column("last", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False),
    of_practice(),
)

# Of each conversation the last entry that has an event.
event_marks = Table(
    "event_marks",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    Column("number", Integer, nullable=False),
    within("conversation_id", table="conversations"),
)

# No foreign keys: that something was erased is an event too, and its id is all that is said.
events = Table(
    "events",
    metadata,
    practice_id(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    moment("at"),
    Column("type", Text, nullable=False),
    Column("conversation_id", Uuid),
    Column("person_id", Uuid),
    # The entry it is about.
    Column("subject_id", Uuid),
    # In order within a conversation, for webhooks; those of none are in a lane of their own, the practice's id.
    Column("lane_id", Uuid, nullable=False),
    of_practice(),
    Index("events_lane_idx", "practice_id", "lane_id", "number"),
    # Everybody is added once.
    Index("events_person_idx", "practice_id", "person_id", "type"),
)

webhooks = Table(
    "webhooks",
    metadata,
    practice_id(),
    row_id(),
    # Events up to this number are none of its.
    Column("after", BigInteger, nullable=False),
    moment("created_at"),
    Column("sealed", LargeBinary, nullable=False),
    of_practice(),
)

# How far each webhook was told of each conversation. `id` is its name in the queue.
webhook_lanes = Table(
    "webhook_lanes",
    metadata,
    practice_id(),
    row_id("webhook_id"),
    row_id("lane_id"),
    Column("id", Uuid, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("failing_since", nullable=True),
    within("webhook_id", table="webhooks"),
    Index("webhook_lanes_id_idx", "practice_id", "id", unique=True),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    practice_id(),
    row_id(),
    moment("created_at"),
    Column("token_hash", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    of_practice(),
    Index("service_accounts_token_idx", "practice_id", "token_hash", unique=True),
)
