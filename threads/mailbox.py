"""Letters by mail, both ways, as the acts know it; and the reply addresses between them."""

from datetime import datetime

from sqlalchemy import insert, select, update

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.stored import ReplyRoute
from threads.originals import Originals
from threads.outbox import Outbox
from threads.tables import directory, reply_tokens


class Mailbox(Originals, Outbox):
    """Originals, owed mail and reply addresses."""

    async def reply_route(self, hashed: bytes) -> ReplyRoute | None:
        """Where a reply address leads."""
        async with self._database.anywhere() as connection:
            practice = await connection.scalar(
                select(directory.c.practice_id).where(directory.c.kind == "reply", directory.c.hash == hashed)
            )
        if practice is None:
            return None
        query = select(reply_tokens).where(
            reply_tokens.c.practice_id == practice, reply_tokens.c.hash == hashed
        )
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return ReplyRoute(
            PracticeId(row.practice_id),
            ConversationId(row.conversation_id),
            PersonId(row.person_id),
            row.revoked_at is not None,
        )

    async def reply_token(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId
    ) -> bytes | None:
        """The newest sealed reply token of a member."""
        query = (
            select(reply_tokens.c.sealed)
            .where(
                reply_tokens.c.practice_id == practice,
                reply_tokens.c.conversation_id == conversation,
                reply_tokens.c.person_id == person,
                reply_tokens.c.revoked_at.is_(None),
            )
            .order_by(reply_tokens.c.created_at.desc())
            .limit(1)
        )
        async with self._database.within(practice) as connection:
            found: bytes | None = await connection.scalar(query)
            return found

    async def keep_reply_token(self, route: ReplyRoute, hashed: bytes, sealed: bytes, at: datetime) -> None:
        """A new reply token; an older one of the pair keeps working until it is revoked."""
        async with self._database.within(route.practice) as connection:
            await connection.execute(
                insert(reply_tokens).values(
                    practice_id=route.practice,
                    hash=hashed,
                    conversation_id=route.conversation,
                    person_id=route.person,
                    sealed=sealed,
                    created_at=at,
                )
            )
            await connection.execute(
                insert(directory).values(
                    kind="reply", hash=hashed, practice_id=route.practice, target_id=route.conversation
                )
            )

    async def revoke_reply_tokens(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, at: datetime
    ) -> None:
        """From now on these addresses are refused."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(reply_tokens)
                .where(
                    reply_tokens.c.practice_id == practice,
                    reply_tokens.c.conversation_id == conversation,
                    reply_tokens.c.person_id == person,
                    reply_tokens.c.revoked_at.is_(None),
                )
                .values(revoked_at=at)
            )
