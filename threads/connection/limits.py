"""How long anything asked of the database may take.

A server that stands still, or a wire that swallows what is said, keeps no limit of its own: each wait has one on our side.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds on our side; milliseconds where PostgreSQL counts, 0 for none."""

    connect: float = 10.0
    pool: float = 10.0
    """Waiting for one of the pool's connections."""
    statement_ms: int = 15_000
    lock_ms: int = 5_000
    command: float | None = 20.0
    """One command. Longer than the statement's limit, so that a slow server can still say so itself."""
    attempt: float = 8.0
    """One attempt of the writer or of a small look-up, connecting included: some hundred times what it takes, and longer
    than a lock is waited for.
    """
    patience: float = 10.0
    """For the writer to offer a batch again while the database is away. Keys make the repeat harmless."""
    heartbeat: float = 3.0
    """Between questions over the listening connection, and for their answers: a bell that went silent is noticed in twice
    that.
    """
    probe: float = 3.0
    """For the write that says whether words would be kept right now."""
    close: float = 5.0
    """For a pool's connections to be given back kindly."""
