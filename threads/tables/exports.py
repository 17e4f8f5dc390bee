"""Records that are handed out in the background, and their files, sealed in chunks, until their time is over."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from threads.tables.columns import metadata, moment, practice_id, row_id, within

exports = Table(
    "exports",
    metadata,
    practice_id(),
    row_id(),
    # Null: of the whole practice.
    Column("conversation_id", Uuid),
    Column("person_id", Uuid, nullable=False),
    Column("form", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("made_at"),
    # Rises with each try: one that was given up for dead writes nothing more.
    Column("tries", Integer, nullable=False, server_default=text("0")),
    # Whoever asked has ticked that process notes of their own are in it.
    Column("own_notes", Boolean, nullable=False, server_default=text("false")),
    Column("progress", SmallInteger, nullable=False, server_default=text("0")),
    Column("mark", Uuid, nullable=False),
    Column("octets", BigInteger, nullable=False, server_default=text("0")),
    moment("expires_at", nullable=True),
    # The key of the chunks, under the key of the conversation, or the practice: erased with it, they are unreadable.
    Column("sealed", LargeBinary),
    within("conversation_id", table="conversations"),
    within("person_id", table="people"),
    # One that is asked for twice is made once.
    Index(
        "exports_unmade_idx",
        "practice_id",
        "conversation_id",
        "person_id",
        "form",
        unique=True,
        postgresql_where=text("state in ('waiting', 'working')"),
    ),
    Index("exports_person_idx", "practice_id", "person_id", "conversation_id"),
)

export_chunks = Table(
    "export_chunks",
    metadata,
    practice_id(),
    row_id("export_id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    within("export_id", table="exports"),
)
