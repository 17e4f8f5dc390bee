"""Releases: who may read which part of a record, and until when."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid

from threads.tables.columns import metadata, moment, practice_id, row_id, within

releases = Table(
    "releases",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id(),
    Column("giver_id", Uuid, nullable=False),
    Column("receiver_id", Uuid, nullable=False),
    moment("made_at"),
    # Names of parts, in order, a blank between them.
    Column("parts", Text, nullable=False),
    # The slice: entries of these times, both within it. Without an end it holds what is still to come, too.
    moment("since"),
    moment("until", nullable=True),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    # What it is for, bound to all of the above that its client chose.
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
    Index("releases_receiver_idx", "practice_id", "receiver_id", "expires_at"),
    Index("releases_id_idx", "practice_id", "id"),
)
