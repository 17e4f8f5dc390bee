"""Sessions at the same time on the clock, every so many weeks: which moments that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from messaging.errors import Malformed
from messaging.sessions.wall_time import moments, within_years

WEEKS: Final = 12
MOST: Final = 52
"""Sessions booked at once: a year of weekly ones."""
FARTHEST: Final = 104
"""Weeks from the first to the last: nobody knows their hours beyond."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """`count` sessions in all, `weeks` from one to the next."""

    weeks: int
    count: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """Sessions as they are wished for: the first, how long each, and the rest."""

    starts: datetime
    minutes: object
    repeat: Repeat


def checked_repeat(value: object) -> Repeat:
    """`{weeks, count}` as programs and pages say it. Raises Malformed."""
    if not isinstance(value, Mapping) or set(value) != {"weeks", "count"}:
        raise Malformed("`repeat` is {weeks, count}.")
    repeat = Repeat(_number("weeks", value["weeks"], WEEKS), _number("count", value["count"], MOST))
    if repeat.weeks * (repeat.count - 1) > FARTHEST:
        raise Malformed(f"The last session may be at most {FARTHEST} weeks after the first.")
    return repeat


def times(starts: datetime, repeat: Repeat, zone: ZoneInfo) -> list[datetime]:
    """The moments in UTC, the first as it is, the others at what clocks in `zone` show then.

    Where a time comes twice that night, the first one is meant; where it does not exist, Malformed names the day.
    """
    shown = starts.astimezone(zone).replace(tzinfo=None, fold=0)
    found = [starts.astimezone(UTC)]
    for number in range(1, repeat.count):
        then = within_years(shown + timedelta(weeks=repeat.weeks * number))
        at = moments(then, zone)
        if not at:
            raise Malformed(
                f"On {then:%Y-%m-%d} the clocks are put forward, and {then:%H:%M} does not exist."
            )
        found.append(at[0])
    return found


def weeks_between(starts: Sequence[datetime], zone: ZoneInfo) -> int:
    """How many weeks from each to the next on the clock in `zone`, where it is always as many; else 0."""
    shown = [one.astimezone(zone).replace(tzinfo=None, fold=0) for one in starts]
    steps = {later - sooner for sooner, later in pairwise(shown)}
    weeks, rest = divmod(steps.pop(), timedelta(weeks=1)) if len(steps) == 1 else (0, timedelta())
    return 0 if rest else weeks


def _number(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Malformed(f"`{name}` of `repeat` is 1 to {most}.")
    return value
