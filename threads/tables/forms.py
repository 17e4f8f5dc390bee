"""The practice's own forms in their versions."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Uuid

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

forms = Table(
    "forms",
    metadata,
    practice_id(),
    row_id(),
    moment("made_at"),
    # It is given no more.
    moment("ended_at", nullable=True),
    of_practice(),
)

# Whoever serves may add one and change none: what was answered is read beside the questions it answered.
form_versions = Table(
    "form_versions",
    metadata,
    practice_id(),
    row_id("form_id"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("author_id", Uuid, nullable=False),
    moment("made_at"),
    Column("sealed", LargeBinary, nullable=False),
    within("form_id", table="forms"),
)
