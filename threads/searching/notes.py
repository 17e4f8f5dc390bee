"""Notes for a search, the newest first: progress notes as who searches may read them, and process notes of their own."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from messaging.ids import ConversationId, PersonId
from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.memory.searching import Narrowed
from messaging.trust.access import Pass

NOTES: Final = 50
"""Read at once: some 8 MB where each is as long as a note may be."""

_PROGRESS: Final = """
select n.conversation_id, n.id, n.version, n.author_id, n.made_at, n.at, n.sealed
  from progress_notes n
  join members m on m.practice_id = n.practice_id and m.conversation_id = n.conversation_id and m.person_id = $3
 where n.practice_id = $1 and n.conversation_id = any($2)
   and m.left_at is null and m.role not in ('client', 'administrator')
   and (m.first_number = 1 and m.cover_absence is null or m.joined_at <= n.made_at)
   and n.sealed <> ''
   and not exists (select from progress_notes later
                    where later.practice_id = n.practice_id and later.conversation_id = n.conversation_id
                      and later.id = n.id and later.version > n.version)
   and ($4::timestamptz is null or n.made_at >= $4) and ($5::timestamptz is null or n.made_at < $5)
   and ($6::timestamptz is null or (n.made_at, n.id) < ($6, $7))
 order by n.made_at desc, n.id desc limit $8
"""
_PROCESS: Final = """
select n.conversation_id, n.id, n.author_id, n.revision, n.made_at, n.at, n.sealed
  from process_notes n
 where n.practice_id = $1 and n.conversation_id = any($2) and n.author_id = $3
   and ($4::timestamptz is null or n.made_at >= $4) and ($5::timestamptz is null or n.made_at < $5)
   and ($6::timestamptz is null or (n.made_at, n.id) < ($6, $7))
 order by n.made_at desc, n.id desc limit $8
"""
"""The transaction states its author (`portions.reading`): another's are not there to be asked for."""


class Notes:
    """See `messaging.memory.searching.NotePortions`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def progress_before(
        self, held: Sequence[Pass], note: StoredProgress | None, narrowed: Narrowed
    ) -> list[StoredProgress]:
        """Those that stand, as they stand."""
        return [
            StoredProgress(
                conversation=ConversationId(row["conversation_id"]),
                id=row["id"],
                version=row["version"],
                author=PersonId(row["author_id"]),
                made_at=row["made_at"],
                at=row["at"],
                sealed=row["sealed"],
            )
            for row in await self._rows(_PROGRESS, held, note, narrowed)
        ]

    async def process_before(
        self, held: Sequence[Pass], note: StoredProcess | None, narrowed: Narrowed
    ) -> list[StoredProcess]:
        """The holder's own."""
        return [
            StoredProcess(
                conversation=ConversationId(row["conversation_id"]),
                id=row["id"],
                author=PersonId(row["author_id"]),
                revision=row["revision"],
                made_at=row["made_at"],
                at=row["at"],
                sealed=row["sealed"],
            )
            for row in await self._rows(_PROCESS, held, note, narrowed)
        ]

    async def _rows(
        self,
        asked: str,
        held: Sequence[Pass],
        note: StoredProgress | StoredProcess | None,
        narrowed: Narrowed,
    ) -> Sequence[Any]:
        if not held:
            return []
        first = held[0]
        return await self._connection.fetch(  # type: ignore[no-any-return]  # records
            asked,
            first.practice,
            [one.conversation for one in held if one.person == first.person],
            first.person,
            narrowed.since,
            narrowed.until,
            None if note is None else note.made_at,
            None if note is None else note.id,
            NOTES,
        )
