"""Reply addresses as kept: taken back in the transaction that ends what they are for."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId, PersonId, PracticeId
from threads.tables.mail import reply_tokens

_t = reply_tokens.c


async def revoke(
    connection: AsyncConnection,
    practice: PracticeId,
    conversation: ConversationId,
    person: PersonId,
    at: datetime,
) -> None:
    """The pair's addresses are refused from now on, for good: who comes back gets another one."""
    await connection.execute(
        update(reply_tokens)
        .where(
            _t.practice_id == practice,
            _t.conversation_id == conversation,
            _t.person_id == person,
            _t.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )


async def revoke_all(
    connection: AsyncConnection, practice: PracticeId, person: PersonId, at: datetime
) -> None:
    """All of theirs: they have left, or they are reached elsewhere and the old mailbox may be read by others."""
    await connection.execute(
        update(reply_tokens)
        .where(_t.practice_id == practice, _t.person_id == person, _t.revoked_at.is_(None))
        .values(revoked_at=at)
    )
