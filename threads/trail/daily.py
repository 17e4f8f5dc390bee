"""Lines that are written once a day: which stand already, so that a page that is looked at all day long is one line."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from messaging.ids import PersonId
from messaging.trust.noted import Noted

Whose = tuple[PersonId, Noted]


class Daily:
    """What this process knows of a day (UTC)."""

    def __init__(self) -> None:
        self._day = date.min
        self._known: dict[Whose, set[UUID]] = {}  # bound: readers of a day, each with conversations of theirs

    def known(self, whose: Whose, at: datetime) -> set[UUID] | None:
        """About whom there are lines of the day; None: nobody has looked yet."""
        if self._day != at.date():
            self._day, self._known = at.date(), {}
        return self._known.get(whose)

    def learn(self, whose: Whose, at: datetime, found: Sequence[UUID]) -> set[UUID]:
        """What stands in the trail. Two who look at once learn together."""
        return self.known(whose, at) or self._known.setdefault(whose, set(found))


def begin_of(at: datetime) -> datetime:
    """Of the day."""
    return datetime.combine(at.date(), time(), at.tzinfo)
