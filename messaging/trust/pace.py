"""Pace: token buckets, as values over time. A flooder slows only himself."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Protocol

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


class Shelf(Protocol):
    """Where buckets are kept. A bucket is one number: when it will be full again."""

    def full_at(self, subject: Hashable, now: float) -> float:
        """When it will be, or was; `now` where nothing is known."""

    def keep(self, subject: Hashable, full_at: float, now: float) -> None:
        """From now on. One that is full may be forgotten, and of the others those that are full first."""


class OwnShelf:
    """The buckets of this process.

    Beyond what is remembered those go that are full, then those nearest to it: a bucket somebody has emptied is the last to
    be forgotten, and who would have it forgotten must empty as many others first.
    """

    def __init__(self) -> None:
        self._full_at: dict[Hashable, float] = {}  # bound: REMEMBERED

    def full_at(self, subject: Hashable, now: float) -> float:
        """See `Shelf`."""
        return self._full_at.get(subject, now)

    def keep(self, subject: Hashable, full_at: float, now: float) -> None:
        """See `Shelf`."""
        if full_at <= now:
            self._full_at.pop(subject, None)
            return
        self._full_at[subject] = full_at
        if len(self._full_at) > REMEMBERED:
            kept = sorted(self._full_at.items(), key=lambda one: one[1])[FORGOTTEN:]
            self._full_at = {one: until for one, until in kept if until > now}


class Pace:
    """The buckets of many subjects under one rate. Times are seconds of a monotonic clock.

    A bucket's number is the virtual scheduling of ITU-T I.371.
    """

    def __init__(self, rate: Rate, shelf: Shelf | None = None) -> None:
        self._rate = rate
        self._shelf = shelf or OwnShelf()

    def left(self, subject: Hashable, now: float) -> float:
        """How many are left right now."""
        wait = max(0.0, self._shelf.full_at(subject, now) - now)
        return self._rate.burst - wait * self._rate.per_second

    def check(self, subject: Hashable, now: float) -> None:
        """Raises TooFast when nothing is left; takes nothing."""
        left = self.left(subject, now)
        # A hair of tolerance: what was refilled for exactly its time must not fail by the last bit of a float.
        if left < 1 - 1e-6:
            raise TooFast((1 - left) / self._rate.per_second)

    def take(self, subject: Hashable, now: float) -> None:
        """Takes one, or raises TooFast with the seconds to wait."""
        self.check(subject, now)
        full_at = max(now, self._shelf.full_at(subject, now)) + 1 / self._rate.per_second
        self._shelf.keep(subject, full_at, now)

    def give_back(self, subject: Hashable, now: float) -> None:
        """What was taken and did not count after all. Never makes a bucket more than full."""
        self._shelf.keep(subject, self._shelf.full_at(subject, now) - 1 / self._rate.per_second, now)


Paces = Callable[[str, Rate], Pace]
"""Makes a pace that is known by a name: processes that share their shelf count together under it."""


def own_pace(_name: str, rate: Rate) -> Pace:
    """One of this process alone."""
    return Pace(rate)
