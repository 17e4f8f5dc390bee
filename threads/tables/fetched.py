"""Mailboxes elsewhere, from which letters are fetched. They belong to no practice: keyed hashes and numbers only."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from threads.tables.columns import metadata

imap_positions = Table(
    "imap_positions",
    metadata,
    Column("mailbox", LargeBinary, primary_key=True),
    Column("validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)

imap_kept = Table(
    "imap_kept",
    metadata,
    Column("mailbox", LargeBinary, primary_key=True),
    Column("letter", LargeBinary, primary_key=True),
)
