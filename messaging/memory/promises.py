"""What keeping promises asks of memory: that a wait is looked at, which to look at, and when. `threads` answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from messaging.ids import ConversationId, PracticeId
from messaging.trust.access import Errand


@dataclass(frozen=True, slots=True)
class Watch:
    """Effect: the promise is looked at when it passes. `since`: who waits has waited that long: their letter was held."""

    at: datetime
    since: datetime | None = None


class Promises(Protocol):
    """Waiting letters, by the time at which somebody must look whether they were answered."""

    async def due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations until `now + lease`, skipping those another node holds."""

    async def attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""
