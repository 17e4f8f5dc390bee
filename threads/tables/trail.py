"""The audit trail."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, Uuid, text

from threads.tables.columns import metadata, moment, of_practice, practice_id

trail = Table(
    "trail",
    metadata,
    practice_id(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    moment("at"),
    Column("actor_id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_id", Uuid),
    # By which way whoever acted came; null where the server did it of itself, or it was before this was kept.
    Column("door", Text),
    Column("mac", LargeBinary, nullable=False),
    of_practice(),
    # Who opened a conversation: its client may ask.
    Index(
        "trail_readers_idx",
        "practice_id",
        "subject_id",
        "at",
        postgresql_where=text("action = 'opened' or action like 'exported%'"),
    ),
    # What the practice asks: between two days, of whom, about whom, of which kind. The newest first, by (at, seq).
    Index("trail_at_idx", "practice_id", "at", "seq"),
    Index("trail_actor_idx", "practice_id", "actor_id", "at", "seq"),
    Index("trail_subject_idx", "practice_id", "subject_id", "at", "seq"),
    # By the order of octets (collate "C", v0030), which no comparison of catalogues shows.
    Index("trail_act_idx", "practice_id", "action", "at", "seq"),
)
