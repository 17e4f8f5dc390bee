"""Pace: token buckets, as values over time. A flooder slows only himself."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from messaging.errors import TooFast

REMEMBERED: Final = 20_000
"""Subjects kept at once; the longest unseen is forgotten first, which by then is full again."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, refilled at `per_second`."""

    burst: float
    per_second: float


class Pace:
    """The buckets of many subjects under one rate. Times are seconds of a monotonic clock."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def left(self, subject: Hashable, now: float) -> float:
        """How many are left right now."""
        tokens, at = self._buckets.get(subject, (self._rate.burst, now))
        return min(self._rate.burst, tokens + max(0.0, now - at) * self._rate.per_second)

    def check(self, subject: Hashable, now: float) -> None:
        """Raises TooFast when nothing is left; takes nothing."""
        self._checked(subject, now)

    def _checked(self, subject: Hashable, now: float) -> float:
        left = self.left(subject, now)
        if left < 1:
            raise TooFast((1 - left) / self._rate.per_second)
        return left

    def take(self, subject: Hashable, now: float) -> None:
        """Takes one, or raises TooFast with the seconds to wait."""
        left = self._checked(subject, now)
        self._buckets[subject] = (left - 1, now)
        self._buckets.move_to_end(subject)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
