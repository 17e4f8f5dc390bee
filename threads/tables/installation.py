"""What belongs to no practice: only ids, times and keyed hashes."""

from typing import Final

from sqlalchemy import Column, DateTime, Index, LargeBinary, SmallInteger, Table, Text, Uuid, text

from threads.tables.columns import metadata, moment

installation = Table(
    "installation",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    moment("created_at"),
    # Since when the recovery sheet of the key that wraps it is known to be on paper; null: it is not, or the key is another.
    Column("sheet_kept_at", DateTime(timezone=True)),
)

ERASED: Final = "erased_practice"
"""In the directory: a practice of which nothing is left but its trail, under its own id, so that this is still found."""

directory = Table(
    "directory",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("practice_id", Uuid, primary_key=True),
    Column("target_id", Uuid, primary_key=True),
    Index(
        "directory_username_idx",
        "practice_id",
        "hash",
        unique=True,
        postgresql_where=text("kind = 'username'"),
    ),
    # What an integrator calls a person or a conversation: the same name is the same thing.
    Index(
        "directory_ref_idx",
        "practice_id",
        "kind",
        "hash",
        unique=True,
        postgresql_where=text("kind in ('person_ref', 'conversation_ref')"),
    ),
    Index("directory_practice_idx", "hash", unique=True, postgresql_where=text("kind = 'practice'")),
)

queue = Table(
    "queue",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("practice_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    moment("next_at"),
    # Whose turn it is: the conversation it belongs to (null: it stands alone), and how many of that waited before it when it
    # was put in, counted to a bound by the database.
    Column("lane", Uuid),
    Column("turn", SmallInteger, nullable=False, server_default=text("0")),
    Index("queue_due_idx", "kind", "next_at"),
    Index("queue_turn_idx", "kind", "turn", "next_at"),
    Index("queue_lane_idx", "kind", "lane", "turn", postgresql_where=text("lane is not null")),
)
