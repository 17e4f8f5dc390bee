"""Texts that are being written, one row for each place they are written in; and letters not yet sent."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, Uuid, text

from threads.tables.columns import metadata, moment, practice_id, row_id, within

drafts = Table(
    "drafts",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id("person_id"),
    row_id(),
    Column("kind", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
    within("person_id", table="people"),
)

pending_letters = Table(
    "pending_letters",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id("author_id"),
    row_id(),
    Column("state", Text, nullable=False),
    moment("send_at", nullable=True),
    moment("wake_at", nullable=True),
    moment("created_at"),
    Column("sealed", LargeBinary, nullable=False),
    # Its name in the queue: the key its writer's page has made is unique only within conversation and author.
    Column("queued_as", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    within("conversation_id", table="conversations"),
    within("author_id", table="people"),
    Index("pending_letters_queued_idx", "practice_id", "queued_as", unique=True),
)
