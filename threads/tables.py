"""Every table, in one readable file.

Each tenant table's key leads with `practice_id`, and so do its foreign keys: isolation, and a schema that could be
partitioned by practice. Row-level security is enabled and forced on all of them (the migrations). Three tables belong to
no practice and hold only ids, times and keyed hashes: `installation`, `directory`, `queue`.

Sealed columns are `bytea` and named `*sealed*` or `sealed`; the store cannot open them.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    text,
)

metadata = MetaData()


def _practice() -> Column[Any]:
    return Column("practice_id", Uuid, primary_key=True)


def _id(name: str = "id") -> Column[Any]:
    return Column(name, Uuid, primary_key=True)


def _moment(name: str, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _of_practice() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], ondelete="CASCADE")


def _within(*columns: str, table: str, target: str = "id") -> ForeignKeyConstraint:
    """A foreign key that cannot leave the practice."""
    there = [f"{table}.practice_id", f"{table}.{target}"]
    return ForeignKeyConstraint(["practice_id", *columns], there, ondelete="CASCADE")


# ------------------------------------------------ of no practice
installation = Table(
    "installation",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    _moment("created_at"),
)

directory = Table(
    "directory",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("practice_id", Uuid, primary_key=True),
    Column("target_id", Uuid, primary_key=True),
    Index(
        "directory_username_idx",
        "practice_id",
        "hash",
        unique=True,
        postgresql_where=text("kind = 'username'"),
    ),
    Index("directory_practice_idx", "hash", unique=True, postgresql_where=text("kind = 'practice'")),
)

queue = Table(
    "queue",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("practice_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    _moment("next_at"),
    Index("queue_due_idx", "kind", "next_at"),
)

# ------------------------------------------------ the practice and its people
practices = Table(
    "practices",
    metadata,
    _practice(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("mail_domain", Text),
    _moment("created_at"),
)

data_keys = Table(
    "data_keys",
    metadata,
    _practice(),
    _id("owner_id"),
    Column("wrapped", LargeBinary, nullable=False),
    _moment("created_at"),
    _of_practice(),
)

people = Table(
    "people",
    metadata,
    _practice(),
    _id(),
    Column("role", Text, nullable=False),
    Column("email_mode", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("sealed", LargeBinary, nullable=False),
    _moment("created_at"),
    _of_practice(),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    _practice(),
    _id(),
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    _moment("created_at"),
    _moment("seen_at"),
    _moment("expires_at"),
    _moment("ended_at", nullable=True),
    _within("person_id", table="people"),
    Index("sign_ins_token_idx", "practice_id", "token_hash", unique=True),
)

# ------------------------------------------------ conversations and their threads
conversations = Table(
    "conversations",
    metadata,
    _practice(),
    _id(),
    Column("kind", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("last_number", Integer, nullable=False),
    _moment("last_at", nullable=True),
    _moment("waiting_since", nullable=True),
    Column("live_session", Uuid),
    Column("answer_weekday", SmallInteger),
    Column("answer_by", Time, nullable=False),
    _moment("created_at"),
    _of_practice(),
)

members = Table(
    "members",
    metadata,
    _practice(),
    _id("conversation_id"),
    _id("person_id"),
    Column("role", Text, nullable=False),
    Column("read_number", Integer, nullable=False),
    _moment("joined_at"),
    _moment("left_at", nullable=True),
    _within("conversation_id", table="conversations"),
    _within("person_id", table="people"),
    # The conversation too: a clinician with five hundred of them is looked up with each message of theirs.
    Index("members_person_idx", "practice_id", "person_id", "conversation_id"),
)

sessions = Table(
    "sessions",
    metadata,
    _practice(),
    _id(),
    Column("conversation_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    _moment("starts"),
    Column("minutes", Integer, nullable=False),
    _moment("opened_at", nullable=True),
    _moment("ended_at", nullable=True),
    _within("conversation_id", table="conversations"),
    Index("sessions_conversation_idx", "practice_id", "conversation_id", "starts"),
)

entries = Table(
    "entries",
    metadata,
    _practice(),
    _id("conversation_id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("session_id", Uuid),
    Column("letter_id", Uuid),
    _moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    _within("conversation_id", table="conversations"),
    # One key, one message: a retry finds the first (STYLE: every door is idempotent).
    Index("entries_key_idx", "practice_id", "conversation_id", "author_id", "key", unique=True),
)

message_ids = Table(
    "message_ids",
    metadata,
    _practice(),
    _id("conversation_id"),
    Column("hash", LargeBinary, primary_key=True),
    Column("letter_id", Uuid, nullable=False),
    _within("conversation_id", table="conversations"),
)

attachments = Table(
    "attachments",
    metadata,
    _practice(),
    _id("conversation_id"),
    _id(),
    Column("number", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _within("conversation_id", table="conversations"),
)

# ------------------------------------------------ letters by mail
reply_tokens = Table(
    "reply_tokens",
    metadata,
    _practice(),
    Column("hash", LargeBinary, primary_key=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _moment("created_at"),
    _moment("revoked_at", nullable=True),
    _within("conversation_id", table="conversations"),
    Index("reply_tokens_pair_idx", "practice_id", "conversation_id", "person_id"),
)

originals = Table(
    "originals",
    metadata,
    _practice(),
    _id(),
    Column("conversation_id", Uuid),
    Column("person_id", Uuid),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    _moment("received_at"),
    Column("attempts", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("summary", LargeBinary),
    _of_practice(),
    Index("originals_state_idx", "practice_id", "state", "received_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _practice(),
    _id(),
    Column("conversation_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    _moment("created_at"),
    _moment("next_at", nullable=True),
    _moment("settled_at", nullable=True),
    Column("code", SmallInteger),
    Column("sealed", LargeBinary, nullable=False),
    _within("conversation_id", table="conversations"),
    Index("outbox_entry_idx", "practice_id", "conversation_id", "number"),
)

# ------------------------------------------------ the audit trail
trail = Table(
    "trail",
    metadata,
    _practice(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _moment("at"),
    Column("actor_id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_id", Uuid),
    Column("mac", LargeBinary, nullable=False),
    _of_practice(),
)
