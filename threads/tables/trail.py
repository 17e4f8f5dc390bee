"""The audit trail."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, Uuid, text

from threads.tables.columns import metadata, moment, of_practice, practice_id

trail = Table(
    "trail",
    metadata,
    practice_id(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    moment("at"),
    Column("actor_id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_id", Uuid),
    Column("mac", LargeBinary, nullable=False),
    of_practice(),
    # Who opened a conversation: its client may ask.
    Index(
        "trail_readers_idx",
        "practice_id",
        "subject_id",
        "at",
        postgresql_where=text("action = 'opened' or action like 'exported%'"),
    ),
)
