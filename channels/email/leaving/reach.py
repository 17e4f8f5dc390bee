"""Whether the relay can be reached, as one process sees it. That it cannot is its state, and no letter's.

    open > (a connection cannot be opened, a session breaks) > closed for a pause > one letter tries > open for all

While it is closed nothing is claimed, so nothing is counted against a letter and all of them go when it is back.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from random import random
from time import monotonic
from typing import Final, Protocol

from messaging.ids import MailId

FIRST: Final = 0.5
MOST: Final = 15.0
"""Seconds between tries. One connection each fifteen seconds costs a relay nothing, and costs a letter no more."""
SHARE: Final = 0.25
"""A pause is this part of the time it has been away: after 8 seconds two more, whatever came before."""
STEP_BACK: Final = (1.0, 15.0, 60.0, 300.0)
"""Seconds a letter steps back that was in hand when a session broke, so that the next try is another's: it may be what
breaks them."""
REMEMBERED: Final = 1000


class Connection(Protocol):
    """One of ours to the relay."""

    @property
    def stands(self) -> bool:
        """Whether it is open now."""


class Reach:
    """The relay as the couriers of a process find it. `ring` is called when it is worth trying, and when it is back."""

    def __init__(
        self,
        ring: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = monotonic,
        chance: Callable[[], float] = random,
    ) -> None:
        self._ring, self._clock, self._chance = ring, clock, chance
        self._lost_at: float | None = None
        self._next = 0.0
        self._trying: object = None
        self._timer: asyncio.TimerHandle | None = None
        self._broke: OrderedDict[MailId, int] = OrderedDict()  # bound: REMEMBERED
        self._connections: list[Connection] = []  # bound: one for each courier of the process

    @property
    def away(self) -> bool:
        """Whether it was lost, and nobody has found it again."""
        return self._lost_at is not None

    def watch(self, connection: Connection) -> None:
        """One more connection of this process."""
        self._connections.append(connection)

    def may_try(self, who: object) -> bool:
        """Whether a courier may take a letter now: while it is away one may, now and then. Follow it by `tried`."""
        if self._lost_at is None:
            return True
        if self._trying is not None or self._clock() < self._next:
            return False
        self._trying = who
        return True

    def tried(self, who: object) -> None:
        """It has no letter in hand any more."""
        if self._trying is who:
            self._trying = None

    def answered(self, mail: MailId) -> None:
        """It said something about a letter: it is there for all."""
        self._broke.pop(mail, None)
        if self._lost_at is not None:
            self._lost_at = None
            self._ring()

    def unopened(self) -> None:
        """A connection could not be opened. While others of ours stand that is no more than one too many."""
        if not any(one.stands for one in self._connections):
            self.lost()

    def broke(self, mail: MailId) -> float:
        """A new session broke with this letter in hand. How long it steps back, in seconds."""
        self.lost()
        times = self._broke.pop(mail, 0)
        self._broke[mail] = times + 1
        while len(self._broke) > REMEMBERED:
            self._broke.popitem(last=False)
        return STEP_BACK[min(times, len(STEP_BACK) - 1)]

    def close(self) -> None:
        """Rings no more."""
        if self._timer is not None:
            self._timer.cancel()

    def lost(self) -> None:
        """It is not there for anybody."""
        now = self._clock()
        self._lost_at = now if self._lost_at is None else self._lost_at
        # Nodes that lost it together must not come back together.
        pause = min(MOST, max(FIRST, (now - self._lost_at) * SHARE)) * (0.75 + self._chance() / 4)
        self._next = now + pause
        self.close()
        self._timer = asyncio.get_running_loop().call_later(pause, self._ring)
