"""Files beside entries: which wait to be looked at by a virus checker, and what it found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, update

from messaging.ids import ConversationId, PracticeId
from messaging.memory.arriving import FileCheck, FileState, WaitingFile
from messaging.trust.access import Pass, Way
from threads.database import Database
from threads.queue import claim, done, named, postpone
from threads.tables.record import attachments

KIND: Final = "check"
_a = attachments.c


class Files:
    """See `messaging.memory.arriving.Files`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, lease: float, limit: int) -> list[WaitingFile]:
        """Claims files to be looked at."""
        claimed = await claim(self._database, KIND, now, lease, limit)
        if not claimed:
            return []
        condition = or_(*named(attachments, claimed))
        query = update(attachments).where(condition).values(attempts=_a.attempts + 1)
        async with self._database.within(*{practice for practice, _ in claimed}) as connection:
            rows = list(await connection.execute(query.returning(attachments)))
            for practice, one in set(claimed) - {(row.practice_id, row.id) for row in rows}:
                await done(connection, KIND, practice, one)  # its conversation was erased
        return [
            WaitingFile(
                practice=PracticeId(r.practice_id),
                conversation=ConversationId(r.conversation_id),
                id=r.id,
                attempts=r.attempts,
                sealed=r.sealed,
            )
            for r in rows
        ]

    async def settle(self, file: WaitingFile, check: FileCheck) -> None:
        """Notes what was found."""
        async with self._database.within(file.practice) as connection:
            await connection.execute(
                update(attachments)
                .where(
                    _a.practice_id == file.practice,
                    _a.conversation_id == file.conversation,
                    _a.id == file.id,
                    _a.state == FileState.WAITING,
                )
                .values(state=check.state, finding=check.finding)
            )
            await done(connection, KIND, file.practice, file.id)

    async def retry(self, file: WaitingFile, at: datetime) -> None:
        """Nobody looked: it will be offered again."""
        await postpone(self._database, KIND, file.practice, file.id, at)

    async def held_back(self, way: Way, files: Sequence[UUID]) -> dict[UUID, FileCheck]:
        """Those of these files that may not be handed out."""
        query = select(_a.id, _a.state, _a.finding).where(
            _a.practice_id == way.practice,
            _a.conversation_id == way.conversation,
            _a.id.in_(files),
            _a.state != FileState.CLEAN,
        )
        async with self._database.within(way.practice) as connection:
            return {
                row.id: FileCheck(FileState(row.state), row.finding)
                for row in await connection.execute(query)
            }

    async def stands_beside(self, held: Pass, file: UUID) -> int | None:
        """The number of the entry that a file of this conversation came with."""
        query = select(_a.number).where(
            _a.practice_id == held.practice,
            _a.conversation_id == held.conversation,
            _a.id == file,
            _a.number >= held.first,
        )
        async with self._database.within(held.practice) as connection:
            found: int | None = await connection.scalar(query)
            return found
