"""Letters by mail, both ways, as the acts know it; and the reply addresses between them."""

from datetime import datetime

from sqlalchemy import insert, select

from messaging.ids import PersonId
from messaging.memory.arriving import ReplyRoute
from messaging.trust.access import Errand
from threads.arriving.mail_door import MailDoor
from threads.arriving.originals import Originals
from threads.arriving.reading_desk import ReadingDesk
from threads.database import Database
from threads.leaving.outbox import Outbox
from threads.leaving.way_out import WayOut
from threads.tables.installation import directory
from threads.tables.mail import reply_tokens


class Mailbox(Originals, Outbox):
    """Originals, owed mail and reply addresses."""

    def __init__(self, database: Database, door: MailDoor, desk: ReadingDesk, way_out: WayOut) -> None:
        self._database, self._door, self._desk, self._way_out = database, door, desk, way_out

    async def reply_route(self, hashed: bytes) -> ReplyRoute | None:
        """Where a reply address leads."""
        return await self._door.route(hashed)

    async def reply_token(self, way: Errand, person: PersonId) -> bytes | None:
        """The newest sealed reply token of a member."""
        query = (
            select(reply_tokens.c.sealed)
            .where(
                reply_tokens.c.practice_id == way.practice,
                reply_tokens.c.conversation_id == way.conversation,
                reply_tokens.c.person_id == person,
                reply_tokens.c.revoked_at.is_(None),
            )
            .order_by(reply_tokens.c.created_at.desc())
            .limit(1)
        )
        async with self._database.within(way.practice) as connection:
            found: bytes | None = await connection.scalar(query)
            return found

    async def keep_reply_token(
        self, way: Errand, person: PersonId, hashed: bytes, sealed: bytes, at: datetime
    ) -> None:
        """A new reply token; an older one of the pair keeps working until it is revoked."""
        async with self._database.within(way.practice) as connection:
            await connection.execute(
                insert(reply_tokens).values(
                    practice_id=way.practice,
                    hash=hashed,
                    conversation_id=way.conversation,
                    person_id=person,
                    sealed=sealed,
                    created_at=at,
                )
            )
            await connection.execute(
                insert(directory).values(
                    kind="reply", hash=hashed, practice_id=way.practice, target_id=way.conversation
                )
            )
