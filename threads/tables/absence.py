"""Who is away, and who stands in for them where."""

from sqlalchemy import Column, Date, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from threads.tables.columns import metadata, moment, practice_id, row_id, within

absences = Table(
    "absences",
    metadata,
    practice_id(),
    row_id(),
    Column("person_id", Uuid, nullable=False),
    # Both inclusive, by the practice's clock; and the same as moments, of the clock that held when it was said.
    Column("from_day", Date, nullable=False),
    Column("until_day", Date, nullable=False),
    moment("begins"),
    moment("ends"),
    Column("reason", Text, nullable=False),
    Column("cover_id", Uuid),
    Column("scope", Text),
    Column("offer", Text),
    moment("offer_until", nullable=True),
    Column("made_by", Uuid, nullable=False),
    moment("made_at"),
    moment("ended_at", nullable=True),
    within("person_id", table="people"),
    Index("absences_person_idx", "practice_id", "person_id", "made_at"),
    Index("absences_cover_idx", "practice_id", "cover_id"),
)

covers = Table(
    "covers",
    metadata,
    practice_id(),
    row_id("absence_id"),
    row_id("conversation_id"),
    # Those in care are asked whether somebody may stand in here: by whom, when, and what each has said.
    Column("asked", JSONB(none_as_null=True)),
    moment("told_at"),
    moment("began_at", nullable=True),
    moment("ended_at", nullable=True),
    within("absence_id", table="absences"),
    within("conversation_id", table="conversations"),
    Index("covers_conversation_idx", "practice_id", "conversation_id"),
)
