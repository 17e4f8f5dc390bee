"""What a clock on the wall says, and which moment that is: none in the hour spring skips, two in the one autumn repeats."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from messaging.errors import Malformed

YEARS: Final = range(1970, 2100)
"""Of every time that is said. Nobody means another, and at the ends of the calendar its arithmetic overflows."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"([0-9]{2}:[0-9]{2})(?::00)?")


def wall_time(day: str, time: str) -> datetime:
    """A day and a time as forms send them, of no zone yet. Raises Malformed."""
    clock = _TIME.fullmatch(time)
    if not _DAY.fullmatch(day) or clock is None:
        raise Malformed("Please give a day and a time.")
    try:
        return within_years(datetime.fromisoformat(f"{day}T{clock[1]}"))
    except ValueError:
        raise Malformed("There is no such day or time.") from None


def within_years(said: datetime) -> datetime:
    """The time as it is, if its year can be meant. Raises Malformed."""
    if said.year not in YEARS:
        raise Malformed("Please look at the year.")
    return said


def moments(shown: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """All moments, in UTC and in order, at which clocks in `zone` show this: none, one, or two (PEP 495)."""
    found = []
    for fold in (0, 1):
        moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == shown and moment not in found:
            found.append(moment)
    return tuple(found)


def moment(shown: datetime, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """The moment, in UTC; of two the first, or the `second` where that was chosen. Raises Malformed for none."""
    found = moments(shown, zone)
    if not found:
        raise Malformed("On that day the clocks are put forward, and this time does not exist.")
    return found[-1] if second else found[0]


def day_or_moment(name: str, said: object, zone: ZoneInfo, *, ends: bool = False) -> datetime:
    """A day on the practice's clock, or a moment with its offset. `ends`: the first moment beyond it. Raises Malformed."""
    try:
        found = datetime.fromisoformat(str(said))
        if len(str(said)) == len("2026-11-22"):
            day = found.date() + timedelta(days=ends)
            return within_years(datetime.combine(day, time(), zone)).astimezone(UTC)
        beyond = within_years(found).astimezone(UTC) + timedelta(microseconds=ends)
    except (ValueError, OverflowError, Malformed):
        beyond = None
    if beyond is None or found.tzinfo is None:
        raise Malformed(f"`{name}` is a day like 2026-11-22, or a time like 2026-11-22T18:00:00+01:00.")
    return beyond
