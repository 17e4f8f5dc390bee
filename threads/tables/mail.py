"""Letters by mail, both ways."""

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from threads.tables.columns import metadata, moment, of_practice, practice_id, row_id, within

reply_tokens = Table(
    "reply_tokens",
    metadata,
    practice_id(),
    Column("hash", LargeBinary, primary_key=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    moment("created_at"),
    moment("revoked_at", nullable=True),
    within("conversation_id", table="conversations"),
    Index("reply_tokens_pair_idx", "practice_id", "conversation_id", "person_id"),
)

originals = Table(
    "originals",
    metadata,
    practice_id(),
    row_id(),
    Column("conversation_id", Uuid),
    Column("person_id", Uuid),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    moment("received_at"),
    Column("attempts", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("summary", LargeBinary),
    # The order in which letters were kept, which is the order in which they enter their conversation.
    Column("arrived", BigInteger, Identity(always=True), nullable=False),
    # What the letter says, whatever way it came: the same letter is held once.
    Column("letter_key", Uuid),
    of_practice(),
    Index("originals_state_idx", "practice_id", "state", "received_at"),
    Index(
        "originals_waiting_idx",
        "practice_id",
        "conversation_id",
        "arrived",
        postgresql_where=text("state = 'received'"),
    ),
    Index(
        "originals_letter_idx", "practice_id", "letter_key", postgresql_where=text("letter_key is not null")
    ),
)

outbox = Table(
    "outbox",
    metadata,
    practice_id(),
    row_id(),
    Column("conversation_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("created_at"),
    moment("next_at", nullable=True),
    moment("settled_at", nullable=True),
    Column("code", SmallInteger),
    # What kind of mail it is (MailForm); null for those from before this was kept.
    Column("form", Text),
    Column("sealed", LargeBinary, nullable=False),
    # The notice that told of this entry too, in the place of its own.
    Column("told_by", Uuid),
    within("conversation_id", table="conversations"),
    Index("outbox_entry_idx", "practice_id", "conversation_id", "number"),
    Index(
        "outbox_notices_idx",
        "practice_id",
        "conversation_id",
        "person_id",
        "settled_at",
        postgresql_where=text("form in ('notice', 'keyless', 'expired', 'unusable')"),
    ),
    Index("outbox_told_idx", "practice_id", "told_by", postgresql_where=text("told_by is not null")),
)

further_addresses = Table(
    "further_addresses",
    metadata,
    practice_id(),
    row_id("person_id"),
    row_id(),
    Column("sealed", LargeBinary, nullable=False),
    Column("checked_by", Uuid, nullable=False),
    moment("at"),
    within("person_id", table="people"),
)

# OpenPGP. `standing` is "current" (mail is locked with it) or "offered" (it came along, and its owner has not decided).
pgp_keys = Table(
    "pgp_keys",
    metadata,
    practice_id(),
    row_id("person_id"),
    Column("standing", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("source", Text, nullable=False),
    moment("at"),
    Column("sealed", LargeBinary, nullable=False),
    within("person_id", table="people"),
)

# Letters locked with a practice's key: a keyed hash of what was locked, and who was the first to send it.
locked_letters = Table(
    "locked_letters",
    metadata,
    practice_id(),
    Column("mark", LargeBinary, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    within("person_id", table="people"),
)

practice_pgp_keys = Table(
    "practice_pgp_keys",
    metadata,
    practice_id(),
    moment("created_at"),
    Column("sealed", LargeBinary, nullable=False),
    of_practice(),
)
