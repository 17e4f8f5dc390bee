"""The record: numbered, sealed entries and what stands beside them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from threads.tables.columns import metadata, moment, practice_id, row_id, within

entries = Table(
    "entries",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("session_id", Uuid),
    Column("letter_id", Uuid),
    moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    # The number that this entry corrects or withdraws.
    Column("amends", Integer),
    within("conversation_id", table="conversations"),
    # One key, one message: a retry finds the first (STYLE: every door is idempotent).
    Index("entries_key_idx", "practice_id", "conversation_id", "author_id", "key", unique=True),
    Index(
        "entries_amends_idx",
        "practice_id",
        "conversation_id",
        "amends",
        postgresql_where=text("amends is not null"),
    ),
)

# What an entry is about, in the clear, so that it is found without opening the record: an assignment, the plan. `place` is
# its number among those of its kind about the same; `raised`: it is read first.
entry_subjects = Table(
    "entry_subjects",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("about", Uuid, nullable=False),
    Column("place", Integer, nullable=False),
    Column("raised", Boolean, nullable=False, server_default=text("false")),
    within("conversation_id", table="conversations"),
    Index("entry_subjects_about_idx", "practice_id", "about", "kind", "place", unique=True),
    Index(
        "entry_subjects_raised_idx",
        "practice_id",
        "conversation_id",
        "number",
        postgresql_where=text("raised"),
    ),
)

# Who was let read from the first word after it came has its number behind them and has not read it: theirs counts from the
# next entry on that they did read.
UNREAD: Final = """
s.raised and not exists (
    select from members m
     where m.practice_id = s.practice_id and m.conversation_id = s.conversation_id
       and m.role in ('therapist', 'psychiatrist', 'supervisor')
       and m.read_number >= s.number and m.first_number <= s.number
       and (m.joined_at <= e.at or m.first_number > 1 or exists (
            select from entries n
             where n.practice_id = s.practice_id and n.conversation_id = s.conversation_id
               and n.number between s.number + 1 and m.read_number and n.at > m.joined_at)))"""
"""Of what is about an entry, `s`, and the entry, `e`: no clinician has read it."""

message_ids = Table(
    "message_ids",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    Column("hash", LargeBinary, primary_key=True),
    Column("letter_id", Uuid, nullable=False),
    within("conversation_id", table="conversations"),
)

attachments = Table(
    "attachments",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id(),
    Column("number", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    # waiting, clean or found: what is not clean is not handed out.
    Column("state", Text, nullable=False, server_default=text("'clean'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("finding", Text),
    # Empty of a file that lies in pieces.
    Column("sealed", LargeBinary, nullable=False),
    Column("pieces", Integer, nullable=False, server_default=text("0")),
    # Of one that was uploaded: by whom, when, for which letter, and what it is called. Until that is sent its number is 0.
    Column("uploader_id", Uuid),
    Column("letter_id", Uuid),
    moment("taken_at", nullable=True),
    Column("named", LargeBinary),
    within("conversation_id", table="conversations"),
    Index(
        "attachments_uploaded_idx",
        "practice_id",
        "uploader_id",
        postgresql_where=text("number = 0"),
    ),
)

file_pieces = Table(
    "file_pieces",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id("file_id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
    ForeignKeyConstraint(
        ["practice_id", "conversation_id", "file_id"],
        ["attachments.practice_id", "attachments.conversation_id", "attachments.id"],
        ondelete="CASCADE",
    ),
)
