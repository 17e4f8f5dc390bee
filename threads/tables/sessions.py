"""Therapy sessions: their booking, what is asked before they begin, and the practice's rules for them."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, Uuid, text

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

sessions = Table(
    "sessions",
    metadata,
    practice_id(),
    row_id(),
    Column("conversation_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    moment("starts"),
    Column("minutes", Integer, nullable=False),
    moment("opened_at", nullable=True),
    moment("ended_at", nullable=True),
    # Rises with every change that calendars must be told of (RFC 5545, SEQUENCE).
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    # Called off by a client so near to its start that the practice calls it late.
    Column("late", Boolean, nullable=False, server_default=text("false")),
    within("conversation_id", table="conversations"),
    Index("sessions_conversation_idx", "practice_id", "conversation_id", "starts"),
    Index("sessions_state_idx", "practice_id", "state", "starts"),
)

session_rules = Table(
    "session_rules",
    metadata,
    practice_id(),
    Column("grace_minutes", Integer, nullable=False),
    Column("plan_b_minutes", Integer, nullable=False),
    Column("reminder_minutes", Integer, nullable=False),
    Column("code_word", Boolean, nullable=False),
    Column("regions", Text, nullable=False),
    Column("cancel_minutes", Integer, nullable=False, server_default=text("0")),
    of_practice(),
)

slots = Table(
    "slots",
    metadata,
    practice_id(),
    row_id(),
    Column("clinician_id", Uuid, nullable=False),
    moment("starts"),
    Column("minutes", Integer, nullable=False),
    Column("session_id", Uuid),
    moment("created_at"),
    within("clinician_id", table="people"),
    Index("slots_clinician_idx", "practice_id", "clinician_id", "starts"),
)

check_ins = Table(
    "check_ins",
    metadata,
    practice_id(),
    row_id("conversation_id"),
    row_id(),
    Column("session_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    within("conversation_id", table="conversations"),
    within("person_id", table="people"),
    Index("check_ins_session_idx", "practice_id", "conversation_id", "session_id", "at"),
)

code_words = Table(
    "code_words",
    metadata,
    practice_id(),
    row_id("person_id"),
    Column("hash", Text, nullable=False),
    moment("set_at"),
    within("person_id", table="people"),
)
