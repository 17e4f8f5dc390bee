"""Letters as they arrived: kept before anything reads them, and what became of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.ids import ConversationId, OriginalId, PracticeId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.memory.leaving import ADMINISTRATORS
from threads.arriving.mail_door import MailDoor
from threads.arriving.reading_desk import Claim, Decision, ReadingDesk, original_of
from threads.database import Database
from threads.tables.conversations import members
from threads.tables.installation import directory, queue
from threads.tables.mail import originals

_o = originals.c


def held_for(
    practice: PracticeId, conversations: Sequence[ConversationId] | Select[Any]
) -> tuple[ColumnElement[bool], ...]:
    """What stands in the screener of who decides about these conversations.

    Of a client who wrote to no conversation only those know who care for that client; what is for administrators is theirs.
    """
    clients = select(members.c.person_id).where(
        members.c.practice_id == practice, members.c.conversation_id.in_(conversations)
    )
    nobodys = and_(_o.conversation_id.is_(None), or_(_o.person_id.is_(None), _o.person_id.in_(clients)))
    return (
        _o.practice_id == practice,
        _o.state == OriginalState.HELD,
        or_(_o.conversation_id.in_(conversations), nobodys),
        _o.reason.is_distinct_from(ADMINISTRATORS),
    )


class Originals:
    """Letters in."""

    _database: Database
    _door: MailDoor
    _desk: ReadingDesk

    async def keep_original(self, original: StoredOriginal) -> None:
        """Commits a letter as it arrived and queues it for reading."""
        await self._door.keep(original)

    async def due_originals(self, now: datetime, lease: float, limit: int) -> list[StoredOriginal]:
        """Claims originals to be read, in the order they were kept; see `messaging.memory.mailbox`."""
        return await self._desk.claim(Claim(now, now + timedelta(seconds=lease), limit))

    async def original(self, practice: PracticeId, original: OriginalId) -> StoredOriginal | None:
        """One original."""
        query = select(originals).where(_o.practice_id == practice, _o.id == original)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else original_of(row)

    async def decide_original(
        self, original: StoredOriginal, state: OriginalState, reason: str | None, summary: bytes | None
    ) -> bool:
        """Notes what became of an original that did not become a message.

        False when it no longer stood as `original` says: another reader, or a clinician, was faster, and theirs stands.
        """
        decided = await self._desk.decide(Decision(original, state, reason, summary))
        if decided.first and OriginalState.HELD in (original.state, state):
            await self._ring(original)
        return decided.first

    async def hold_original(
        self, original: StoredOriginal, reason: str, summary: bytes | None, letter: UUID | None
    ) -> OriginalState:
        """To the screener, unless the same letter for the same place was decided or held before."""
        decision = Decision(
            original=original, state=OriginalState.HELD, reason=reason, summary=summary, letter=letter
        )
        decided = await self._desk.decide(decision)
        if decided.first and decided.state is OriginalState.HELD:
            await self._ring(original)
        return decided.state

    async def _ring(self, original: StoredOriginal) -> None:
        """Inboxes that are open say whether a letter is held. After the decision: a ring that is lost costs latency only."""
        if original.conversation is not None:
            await self._desk.ring(f"i {original.practice}/{original.conversation}")

    async def move_original(self, original: StoredOriginal) -> bool:
        """Into a conversation, sealed anew under its key; only while it is held and has no conversation yet."""
        async with self._database.within(original.practice) as connection:
            moved = await connection.execute(
                update(originals)
                .where(
                    _o.practice_id == original.practice,
                    _o.id == original.id,
                    _o.state == OriginalState.HELD,
                    _o.conversation_id.is_(None),
                )
                .values(
                    conversation_id=original.conversation,
                    person_id=original.person,
                    envelope=original.envelope,
                    raw=original.raw,
                    summary=original.summary,
                )
            )
            return moved.rowcount == 1

    async def held(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> list[StoredOriginal]:
        """The screener: held letters of these conversations, and those nobody could be found for. Without `raw`."""
        query = (
            select(*[c for c in originals.c if c.name != "raw"])
            .where(*held_for(practice, conversations))
            .order_by(_o.received_at)
        )
        async with self._database.within(practice) as connection:
            return [original_of(row) for row in await connection.execute(query)]

    async def count_held(self, practice: PracticeId, conversations: Sequence[ConversationId]) -> int:
        """How many letters `held` would give; none of them is read for it."""
        query = select(func.count()).select_from(originals).where(*held_for(practice, conversations))
        async with self._database.within(practice) as connection:
            return int(await connection.scalar(query) or 0)

    async def held_because(self, practice: PracticeId, reason: str) -> list[StoredOriginal]:
        """Those held for this reason, oldest first. Without `raw`."""
        query = (
            select(*[c for c in originals.c if c.name != "raw"])
            .where(_o.practice_id == practice, _o.state == OriginalState.HELD, _o.reason == reason)
            .order_by(_o.received_at)
        )
        async with self._database.within(practice) as connection:
            return [original_of(row) for row in await connection.execute(query)]

    async def held_since(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> dict[ConversationId, datetime]:
        """Since when the first of the held letters of each of these waits, where one does."""
        if not conversations:
            return {}
        query = (
            select(_o.conversation_id, func.min(_o.received_at).label("since"))
            .where(
                _o.practice_id == practice,
                _o.state == OriginalState.HELD,
                _o.conversation_id.in_(conversations),
            )
            .group_by(_o.conversation_id)
        )
        async with self._database.within(practice) as connection:
            found = await connection.execute(query)
            return {ConversationId(row.conversation_id): row.since for row in found}

    async def originals_standing(
        self, practice: PracticeId, state: OriginalState, conversation: ConversationId | None
    ) -> list[OriginalId]:
        """Those of one conversation, or of the whole practice, in the order they came."""
        query = select(_o.id).where(_o.practice_id == practice, _o.state == state).order_by(_o.received_at)
        if conversation is not None:
            query = query.where(_o.conversation_id == conversation)
        async with self._database.within(practice) as connection:
            return [OriginalId(row.id) for row in await connection.execute(query)]

    async def conversations_by_mail(self, practice: PracticeId) -> list[ConversationId]:
        """Conversations into which letters by mail were delivered."""
        query = (
            select(_o.conversation_id)
            .where(
                _o.practice_id == practice,
                _o.state == OriginalState.DELIVERED,
                _o.conversation_id.is_not(None),
            )
            .distinct()
        )
        async with self._database.within(practice) as connection:
            return [ConversationId(row.conversation_id) for row in await connection.execute(query)]

    async def count_originals(self, practice: PracticeId) -> dict[str, int]:
        """How many stand in each state: together, all that were ever accepted."""
        query = (
            select(_o.state, func.count().label("kept")).where(_o.practice_id == practice).group_by(_o.state)
        )
        async with self._database.within(practice) as connection:
            return {row.state: row.kept for row in await connection.execute(query)}

    async def retry_original(self, original: StoredOriginal, at: datetime, *, counts: bool) -> None:
        """Reading failed: it will be tried again, and the rest of its conversation after it.

        Who waited behind it was not tried, nor was it where that does not count; their claim did count them.
        """
        behind = select(_o.id).where(
            _o.practice_id == original.practice,
            _o.state == OriginalState.RECEIVED,
            or_(_o.id == original.id, _o.conversation_id == original.conversation),
        )
        async with self._database.within(original.practice) as connection:
            await connection.execute(
                update(queue)
                .where(
                    queue.c.kind == "read", queue.c.practice_id == original.practice, queue.c.id.in_(behind)
                )
                .values(next_at=at)
            )
            untried = _o.id != original.id if counts else true()
            await connection.execute(
                update(originals)
                .where(_o.practice_id == original.practice, _o.id.in_(behind), untried, _o.attempts > 0)
                .values(attempts=_o.attempts - 1)
            )

    async def unread_by(self, practice: PracticeId, reader: bytes, limit: int) -> list[OriginalId]:
        """Letters held because they could not be read, which this `reader` (a keyed hash) has not tried since."""
        tried = select(directory.c.target_id).where(
            directory.c.kind == "reread", directory.c.hash == reader, directory.c.practice_id == practice
        )
        query = (
            select(_o.id)
            .where(_o.practice_id == practice, _o.state == OriginalState.HELD, _o.reason == "unreadable")
            .where(_o.id.not_in(tried))
            .order_by(_o.received_at)
            .limit(limit)
        )
        async with self._database.within(practice) as connection:
            return [OriginalId(row.id) for row in await connection.execute(query)]

    async def note_read_by(self, practice: PracticeId, original: OriginalId, reader: bytes) -> None:
        """It has tried."""
        tried = {"kind": "reread", "hash": reader, "practice_id": practice, "target_id": original}
        async with self._database.within(practice) as connection:
            await connection.execute(upsert(directory).values(**tried).on_conflict_do_nothing())
