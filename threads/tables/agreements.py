"""The practice's documents in their versions, and who in care has agreed to which."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text, Uuid

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

documents = Table(
    "documents",
    metadata,
    practice_id(),
    row_id(),
    Column("language", Text, nullable=False),
    Column("way", Text, nullable=False),
    # The document it says the same as, in another language; its own id where it is that one.
    Column("original_id", Uuid, nullable=False),
    moment("made_at"),
    # It binds nobody any more.
    moment("ended_at", nullable=True),
    of_practice(),
)

# Whoever serves may add one and change none: what was agreed to is the text as it was read.
document_versions = Table(
    "document_versions",
    metadata,
    practice_id(),
    row_id("document_id"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("author_id", Uuid, nullable=False),
    moment("made_at"),
    moment("binds_from"),
    Column("sealed", LargeBinary, nullable=False),
    within("document_id", table="documents"),
)

agreements = Table(
    "agreements",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id(),
    Column("person_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    moment("at"),
    moment("withdrawn_at", nullable=True),
    # The name they agreed by, and the text's hash.
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
    within("person_id", table="people"),
)
