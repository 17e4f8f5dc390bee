"""What keeping promises asks of memory, as a Protocol: which to look at, and when. `threads` answers."""

from datetime import datetime, timedelta
from typing import Protocol

from messaging.ids import ConversationId, PracticeId


class Promises(Protocol):
    """Waiting letters, by the time at which somebody must look whether they were answered."""

    async def due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations until `now + lease`, skipping those another node holds."""

    async def attended(
        self,
        practice: PracticeId,
        conversation: ConversationId,
        held_until: datetime,
        again: datetime | None,
    ) -> None:
        """Done with for now; unless it was given another time meanwhile."""
