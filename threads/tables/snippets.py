"""Short texts of a clinician's own, one row each."""

from sqlalchemy import Column, LargeBinary, Table

from threads.tables.columns import metadata, moment, practice_id, row_id, within

snippets = Table(
    "snippets",
    metadata,
    practice_id(),
    row_id("person_id"),
    row_id(),
    moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    within("person_id", table="people"),
)
