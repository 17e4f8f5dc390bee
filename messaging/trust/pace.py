"""Pace: token buckets, as values over time. A flooder slows only himself."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from messaging.errors import TooFast

REMEMBERED: Final = 20_000
"""Buckets kept at once that are not full."""
FORGOTTEN: Final = REMEMBERED // 8
"""Given up at a time beyond that."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, refilled at `per_second`."""

    burst: float
    per_second: float


class Pace:
    """The buckets of many subjects under one rate. Times are seconds of a monotonic clock.

    A bucket is one number: when it will be full again (the virtual scheduling of ITU-T I.371). Beyond what is remembered
    those go that are full, then those nearest to it: a bucket somebody has emptied is the last to be forgotten, and who
    would have it forgotten must empty as many others first.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at: dict[Hashable, float] = {}  # bound: REMEMBERED

    def left(self, subject: Hashable, now: float) -> float:
        """How many are left right now."""
        return self._rate.burst - max(0.0, self._full_at.get(subject, now) - now) * self._rate.per_second

    def check(self, subject: Hashable, now: float) -> None:
        """Raises TooFast when nothing is left; takes nothing."""
        left = self.left(subject, now)
        # A hair of tolerance: what was refilled for exactly its time must not fail by the last bit of a float.
        if left < 1 - 1e-6:
            raise TooFast((1 - left) / self._rate.per_second)

    def take(self, subject: Hashable, now: float) -> None:
        """Takes one, or raises TooFast with the seconds to wait."""
        self.check(subject, now)
        self._full_at[subject] = max(now, self._full_at.get(subject, now)) + 1 / self._rate.per_second
        if len(self._full_at) > REMEMBERED:
            self._forget(now)

    def give_back(self, subject: Hashable, now: float) -> None:
        """What was taken and did not count after all. Never makes a bucket more than full."""
        full_at = self._full_at.pop(subject, now) - 1 / self._rate.per_second
        if full_at > now:
            self._full_at[subject] = full_at

    def _forget(self, now: float) -> None:
        kept = sorted(self._full_at.items(), key=lambda one: one[1])[FORGOTTEN:]
        self._full_at = {subject: full_at for subject, full_at in kept if full_at > now}
