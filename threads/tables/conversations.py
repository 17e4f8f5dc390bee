"""Conversations and who belongs to them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

conversations = Table(
    "conversations",
    metadata,
    practice_id(),
    row_id(),
    Column("kind", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("last_number", Integer, nullable=False),
    moment("last_at", nullable=True),
    moment("waiting_since", nullable=True),
    Column("live_session", Uuid),
    # Words that come later are refused: a session ends by itself.
    moment("live_until", nullable=True),
    Column("answer_weekday", SmallInteger),
    Column("answer_by", Time, nullable=False),
    # Working days within which letters are answered where no weekday is agreed.
    Column("answer_days", SmallInteger, nullable=False, server_default=text("2")),
    moment("created_at"),
    # A legal hold: nothing of it is erased until it ends.
    moment("legal_hold_at", nullable=True),
    # Care is over since then: nobody meets, nothing is promised, and letters are kept as ever.
    moment("ended_at", nullable=True),
    # Who of its clinicians answers; and their labels, sealed together.
    Column("assignee_id", Uuid),
    Column("labels", LargeBinary),
    # Days on which nobody answers here: of whose absence, from when until when, and for letters of which time they count.
    Column("away", JSONB(none_as_null=True)),
    # Began as an enquiry of somebody who was not in care: open, claimed or declined.
    Column("enquiry", Text),
    of_practice(),
)

members = Table(
    "members",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id("person_id"),
    Column("role", Text, nullable=False),
    Column("read_number", Integer, nullable=False),
    moment("joined_at"),
    moment("left_at", nullable=True),
    # The first entry they may read: who joins later reads from then on.
    Column("first_number", Integer, nullable=False, server_default=text("1")),
    # Those in care are asked whether this one may read from the first word: by whom, when, and what each has said.
    Column("start_asked", JSONB(none_as_null=True)),
    # They want it out of their sight until then; and the last number when they said so.
    moment("snoozed_until", nullable=True),
    Column("snoozed_number", Integer),
    # They stand in for somebody who is away: in whose absence, for what, and until when they belong to it at the latest.
    Column("cover_absence", Uuid),
    Column("cover_scope", Text),
    moment("cover_until", nullable=True),
    within("conversation_id", table="conversations"),
    within("person_id", table="people"),
    # The conversation too: a clinician with five hundred of them is looked up with each message of theirs.
    Index("members_person_idx", "practice_id", "person_id", "conversation_id"),
)
