"""How fast mail goes to one domain. Its provider says when it is too fast, and is believed for a while; others go on.

A domain nobody complains of has no pace but the number of connections. After an answer that asks us to slow down, one letter
at a time goes there, with a pause that doubles with each such answer and halves with each letter that is taken.
Times are seconds of a monotonic clock.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

AT_ONCE: Final = 16
"""Letters in hand to one domain: a provider counts connections too, and a relay hands ours on as they come."""
MOMENT: Final = 1.0
"""Seconds for which a letter beyond these steps back."""
FIRST: Final = 5.0
"""Seconds between letters after the first complaint."""
MOST: Final = 300.0
"""However often a provider complains: twelve letters an hour still go, and each that is taken halves the pause."""
LEAST: Final = 1.0
"""A pause below this is none."""
HORIZON: Final = 900.0
"""A letter steps back for no longer, so that those that wait learn soon of a recovery."""
FORGOTTEN: Final = 3600.0
"""Seconds after which a complaint means nothing any more."""
REMEMBERED: Final = 10_000


@dataclass(slots=True)
class _Domain:
    pause: float = 0.0
    free_at: float = 0.0
    """When the next may begin."""
    tail: float = 0.0
    """When the last of those that step back comes again."""
    in_hand: int = 0


class DomainPace:
    """The pace of every domain that has one, for the couriers of one process."""

    def __init__(self) -> None:
        self._domains: OrderedDict[str, _Domain] = OrderedDict()  # bound: REMEMBERED

    def begin(self, domain: str, now: float) -> float:
        """0: a letter there may go now, and counts as begun. Otherwise the seconds after which it shall be tried again."""
        one = self._known(domain, now)
        if one.in_hand >= AT_ONCE:
            return MOMENT
        # Who comes again at the time it was given may find the one before a little late.
        free = not one.pause or (one.in_hand == 0 and now >= one.free_at - one.pause / 2)
        if free:
            one.in_hand += 1
            one.free_at = now + one.pause
            return 0.0
        one.tail = min(max(one.tail, one.free_at, now) + one.pause, now + HORIZON)
        return one.tail - now

    def ended(self, domain: str, now: float, *, slow: bool, taken: bool) -> None:
        """A letter that was begun is out of hand: `slow`, we were asked to slow down; `taken`, it was accepted."""
        one = self._known(domain, now)
        one.in_hand = max(0, one.in_hand - 1)
        if slow:
            one.pause = min(MOST, max(FIRST, one.pause * 2))
            one.free_at = now + one.pause
        elif taken and one.pause:
            one.pause = one.pause / 2 if one.pause >= 2 * LEAST else 0.0
            one.free_at = min(one.free_at, now + one.pause)
        if not one.pause and not one.in_hand:
            del self._domains[domain]

    def pause(self, domain: str) -> float:
        """Seconds between letters to a domain; 0 where nobody complains."""
        one = self._domains.get(domain)
        return one.pause if one else 0.0

    def _known(self, domain: str, now: float) -> _Domain:
        one = self._domains.setdefault(domain, _Domain(free_at=now, tail=now))
        if one.pause and now - one.free_at > FORGOTTEN:
            one.pause = 0.0
        self._domains.move_to_end(domain)
        while len(self._domains) > REMEMBERED:
            self._domains.popitem(last=False)
        return one


def domain_of(address: str) -> str:
    """What is paced: the part after the @, as DNS compares it."""
    return address.rpartition("@")[2].lower().rstrip(".")
