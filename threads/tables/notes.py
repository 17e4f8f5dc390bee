"""Notes about a conversation: progress notes, part of its record, and process notes, their author's own."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Uuid

from threads.tables.columns import metadata, moment, practice_id, row_id, within

# One row a version. Whoever serves may add one and change none: the record is amended, not overwritten.
progress_notes = Table(
    "progress_notes",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("author_id", Uuid, nullable=False),
    # When the note was made, whichever version this is, and when this version was.
    moment("made_at"),
    moment("at"),
    # Empty: the note was taken out of the record by this version.
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
)

# Seen by no transaction that does not state their author (`threads/sql/row_security.sql`).
process_notes = Table(
    "process_notes",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id("author_id"),
    row_id(),
    Column("revision", Integer, nullable=False),
    moment("made_at"),
    moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
    within("author_id", table="people"),
)
