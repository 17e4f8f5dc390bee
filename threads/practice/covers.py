"""Standing in for somebody in one conversation, as it is kept beside a membership and beside an absence."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import ConversationId
from messaging.memory.absence import StoredCover
from messaging.trust.access import Way
from threads.practice.from_start import read_asked
from threads.tables.absence import covers

NO_COVER: Final[dict[str, None]] = {"cover_absence": None, "cover_scope": None, "cover_until": None}
"""Of a member who stands in for nobody."""
_v = covers.c


async def no_cover_again(connection: AsyncConnection, way: Way, absence: UUID | None, at: datetime) -> None:
    """Whoever was taken out of a conversation does not come back to it in the same absence."""
    if absence is None:
        return
    await connection.execute(
        update(covers)
        .where(
            _v.practice_id == way.practice,
            _v.absence_id == absence,
            _v.conversation_id == way.conversation,
        )
        .values(ended_at=func.coalesce(_v.ended_at, at))
    )


def cover_of_row(row: "Row[Any]") -> StoredCover:
    """As kept."""
    return StoredCover(
        absence=row.absence_id,
        conversation=ConversationId(row.conversation_id),
        asked=read_asked(row.asked),
        began_at=row.began_at,
        ended_at=row.ended_at,
    )
