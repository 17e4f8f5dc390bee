"""The statement of group commit, and how a posting becomes its arguments."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from messaging.ids import EntryId, LetterId, SessionId
from messaging.memory.record import Outcome, Posting, StoredEntry, Verdict
from messaging.messages import Channel, EntryKind
from messaging.trust.seams import Seam, insist
from threads.database import uuid_array

WRITE: Final = "select * from write_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
"""States the practices, locks the conversations, judges, numbers and writes: see `threads/sql/record.sql`."""


def arguments(postings: Sequence[Posting]) -> list[Any]:
    """The batch as columns."""
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
