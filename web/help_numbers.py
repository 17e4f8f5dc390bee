"""The practices' own numbers for Help now, as last known: that page must have them while the database is away."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from messaging.ids import PracticeId
from messaging.office import Office
from messaging.people import HelpNumber, Practice
from messaging.practice.founding import practice_named
from messaging.practice.operating import only_practice

KEPT: Final = 10_000
"""Practices whose numbers are kept: a few hundred bytes each."""
FRESH: Final = 60.0
"""Seconds after which what is known is looked at once more: another node may have changed it."""
WAIT: Final = 0.5
"""Seconds at most that somebody who needs help waits for it."""
QUIET: Final = 10.0
"""Seconds for which nobody waits again after the database did not answer."""


@dataclass(frozen=True, slots=True)
class Known:
    """A practice's numbers and clock, and when (seconds) they were looked at."""

    numbers: tuple[HelpNumber, ...] = ()
    time_zone: str = ""
    at: float = 0.0


NOTHING: Final = Known()


class HelpNumbers:
    """What is known on this node. Pages of a practice tell its numbers as they are shown; Help now asks for what is not."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: OrderedDict[PracticeId, Known] = OrderedDict()  # bound: KEPT
        self._only: PracticeId | None = None
        self._only_known = -FRESH
        self._quiet_until = 0.0
        self._one_at_a_time = asyncio.Lock()

    def learn(self, practice: Practice) -> None:
        """These are its numbers now."""
        self._known[practice.id] = Known(practice.numbers, practice.time_zone, self._now())
        self._known.move_to_end(practice.id)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    async def of(self, office: Office, practice: PracticeId | None) -> tuple[HelpNumber, ...]:
        """The numbers alone, as `known`."""
        return (await self.known(office, practice)).numbers

    async def known(self, office: Office, practice: PracticeId | None) -> Known:
        """Of the reader's practice, or of the only one there is. Never raises, and waits half a second at most."""
        if not self._is_fresh(practice) and self._now() >= self._quiet_until:
            try:
                async with asyncio.timeout(WAIT), self._one_at_a_time:
                    if not self._is_fresh(practice):
                        await self._ask(office, practice)
            # Whatever it is, who needs help is shown what is known, and nobody waits for it again at once.
            except Exception:
                self._quiet_until = self._now() + QUIET
        wanted = practice or self._only
        return self._known.get(wanted, NOTHING) if wanted is not None else NOTHING

    def _is_fresh(self, practice: PracticeId | None) -> bool:
        if practice is None and self._now() - self._only_known >= FRESH:
            return False
        wanted = practice or self._only
        if wanted is None:
            return True
        known = self._known.get(wanted)
        return known is not None and self._now() - known.at < FRESH

    async def _ask(self, office: Office, practice: PracticeId | None) -> None:
        if practice is None:
            self._only = await only_practice(office)
            self._only_known = self._now()
        wanted = practice or self._only
        found = await practice_named(office, wanted) if wanted else None
        if found is not None:
            self.learn(found)
