"""What belongs to no practice: only ids, times and keyed hashes."""

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, Table, Text, Uuid, text

from threads.tables.columns import metadata, moment

installation = Table(
    "installation",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    moment("created_at"),
)

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
    Index("directory_practice_idx", "hash", unique=True, postgresql_where=text("kind = 'practice'")),
)

queue = Table(
    "queue",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("practice_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    moment("next_at"),
    Index("queue_due_idx", "kind", "next_at"),
)
