"""The practice, its people, their keys and sign-ins."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

practices = Table(
    "practices",
    metadata,
    practice_id(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("mail_domain", Text),
    # Whom to call in need: [{"name", "number", "when"}].
    Column("numbers", JSONB),
    moment("created_at"),
)

data_keys = Table(
    "data_keys",
    metadata,
    practice_id(),
    row_id("owner_id"),
    Column("wrapped", LargeBinary, nullable=False),
    moment("created_at"),
    of_practice(),
)

people = Table(
    "people",
    metadata,
    practice_id(),
    row_id(),
    Column("role", Text, nullable=False),
    Column("email_mode", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("sealed", LargeBinary, nullable=False),
    moment("created_at"),
    # The clinician whose client this is until somebody writes with them.
    Column("added_by", Uuid),
    of_practice(),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    practice_id(),
    row_id(),
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    moment("created_at"),
    moment("seen_at"),
    moment("expires_at"),
    moment("ended_at", nullable=True),
    # What it runs on, coarsely: "Firefox on Linux".
    Column("device", Text),
    within("person_id", table="people"),
    Index("sign_ins_token_idx", "practice_id", "token_hash", unique=True),
    Index("sign_ins_person_idx", "practice_id", "person_id", "created_at"),
)
