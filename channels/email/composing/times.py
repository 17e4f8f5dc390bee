"""Times in words, for mails. What reads letters knows them by these words too, and starts without a calendar's library."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EARLY: Final = ("January", "February", "March", "April", "May", "June")
MONTHS: Final = (*_EARLY, "July", "August", "September", "October", "November", "December")


def spoken(when: datetime, zone: ZoneInfo) -> str:
    """A time with its place, as it must stand in a mail that may be read anywhere, any day."""
    at = when.astimezone(zone)
    day = f"{WEEKDAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year}"
    return f"{day}, {at:%H:%M} ({zone.key} time, UTC{at:%z})"
