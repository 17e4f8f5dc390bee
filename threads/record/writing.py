"""The statement of group commit, and how a posting becomes its arguments."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import asyncpg

from messaging.ids import ConversationId, EntryId, LetterId, SessionId
from messaging.memory.record import Outcome, Posting, StoredEntry, Verdict
from messaging.messages import Channel, EntryKind
from messaging.trust.seams import Seam, insist
from threads.database import uuid_array

WRITE: Final = "select * from write_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
"""States the practices, locks the conversations, judges, numbers and writes: see `threads/sql/record.sql`."""
KNOWN: Final = "select * from entries_numbered($1, $2, $3, $4)"
"""What stands under the keys that are known: for a repeat, which is rare, and not in the way of all others."""


def arguments(postings: Sequence[Posting]) -> list[Any]:
    """The batch as columns."""
    entries = [p.entry for p in postings]
    practices = [p.practice for p in postings]
    ranks: Counter[ConversationId] = Counter()
    ranked: list[int] = []
    for entry in entries:
        ranks[entry.conversation] += 1
        ranked.append(ranks[entry.conversation])
    return [
        uuid_array(set(practices)),
        practices,
        [e.conversation for e in entries],
        ranked,
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
    verdict, number, id_, revision, session, waiting_since = row
    written = Outcome(
        verdict=Verdict(verdict),
        number=number,
        id=EntryId(id_),
        at=posting.entry.at,
        session=None if session is None else SessionId(session),
        revision=revision or 0,
        waiting_since=waiting_since,
    )
    # A commit is told to its author by the place of a row: the statement and we must mean the same entry.
    insist(Seam.WRITTEN, written.verdict is not Verdict.NEW or written.id == posting.entry.id)
    return written


async def with_first(
    connection: asyncpg.Connection, postings: Sequence[Posting], outcomes: list[Outcome]
) -> list[Outcome]:
    """Beside each key that is known, what stands under it already. An entry is never changed, so no lock is needed."""
    repeats = [n for n, result in enumerate(outcomes) if result.verdict is Verdict.KNOWN]
    if not repeats:
        return outcomes
    asked = [postings[n] for n in repeats]
    rows = await connection.fetch(
        KNOWN,
        uuid_array({p.practice for p in asked}),
        [p.practice for p in asked],
        [p.entry.conversation for p in asked],
        [outcomes[n].number for n in repeats],
    )
    told = list(outcomes)
    for n, row in zip(repeats, rows, strict=True):
        first = _first(row, outcomes[n], postings[n])
        told[n] = replace(outcomes[n], at=first.at, first=first)
    return told


def _first(row: Any, written: Outcome, posting: Posting) -> StoredEntry:
    insist(Seam.WRITTEN, row["id"] == written.id)
    return StoredEntry(
        conversation=posting.entry.conversation,
        number=written.number,
        id=EntryId(row["id"]),
        author=posting.entry.author,
        kind=EntryKind(row["kind"]),
        channel=Channel(row["channel"]),
        at=row["at"],
        key=posting.key,
        session=None,
        letter=None if row["letter_id"] is None else LetterId(row["letter_id"]),
        amends=row["amends"],
        sealed=row["sealed"],
    )
