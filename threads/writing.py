"""The statement of group commit, and how a posting becomes its arguments."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import asyncpg

from messaging.ids import EntryId, LetterId, SessionId
from messaging.messages import Channel, EntryKind
from messaging.stored import Outcome, Posting, StoredEntry, Verdict
from messaging.trust.seams import Seam, insist
from threads.database import Connect, uuid_array

WRITE: Final = "select * from write_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
"""States the practices, locks the conversations, judges, numbers and writes, and rings the bell: see migration v0015."""

PLANNING: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "join_collapse_limit": "16",
}
"""The writer's statements are planned once, for planning a batch costs as much as running it, and every row is found by its
key: while statistics are still of an empty table the planner would rather read all of it."""


async def connect_planned(connect: Connect) -> asyncpg.Connection:
    """A connection that plans so."""
    connection = await connect()
    try:
        for setting, value in PLANNING.items():
            await connection.execute(f"set {setting} = {value}")
    except BaseException:  # whatever it was, also when cancelled: nobody else would close it
        connection.terminate()
        raise
    return connection


def arguments(postings: Sequence[Posting], node: str) -> list[Any]:
    """The batch as columns, and who rings."""
    entries = [p.entry for p in postings]
    practices = [p.practice for p in postings]
    return [
        uuid_array(set(practices)),
        practices,
        [e.conversation for e in entries],
        [e.id for e in entries],
        [e.author for e in entries],
        [p.key for p in postings],
        [e.kind for e in entries],
        [e.channel for e in entries],
        [e.letter for e in entries],
        [e.amends for e in entries],
        [e.at for e in entries],
        [p.sealed for p in postings],
        [p.gate for p in postings],
        [p.turn for p in postings],
        node,
    ]


def outcome(row: Any, posting: Posting) -> Outcome:
    """What the statement said of one posting."""
    written = Outcome(
        verdict=Verdict(row["verdict"]),
        number=row["number"],
        id=EntryId(row["id"]),
        at=row["at"],
        session=None if row["session_id"] is None else SessionId(row["session_id"]),
        revision=row["revision"] or 0,
        waiting_since=row["waiting_since"],
    )
    # A commit is told to its author by the place of a row: the statement and we must mean the same entry.
    insist(Seam.WRITTEN, written.verdict is not Verdict.NEW or written.id == posting.entry.id)
    return written if row["known_sealed"] is None else replace(written, first=_first(row, written, posting))


def _first(row: Any, written: Outcome, posting: Posting) -> StoredEntry:
    """What stands under the key already."""
    return StoredEntry(
        conversation=posting.entry.conversation,
        number=written.number,
        id=EntryId(row["id"]),
        author=posting.entry.author,
        kind=EntryKind(row["known_kind"]),
        channel=Channel(row["known_channel"]),
        at=row["at"],
        key=posting.key,
        session=None,
        letter=None if row["known_letter"] is None else LetterId(row["known_letter"]),
        amends=row["known_amends"],
        sealed=row["known_sealed"],
    )
