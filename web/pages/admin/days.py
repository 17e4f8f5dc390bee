"""Days on which nobody works, as they are written in a field and as a calendar's file has them (RFC 5545)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Component

from messaging.errors import Malformed
from messaging.practice.settings import HOLIDAY_NAME, HOLIDAYS

ISO: Final = r"(\d{4})-(\d{1,2})-(\d{1,2})"
DOTTED: Final = r"(\d{1,2})\.(\d{1,2})\.(\d{4})"
DAY: Final = rf"(?:{ISO}|{DOTTED})"
LINE: Final = re.compile(rf"{DAY}(?:\s*(?:-|–|—|to|bis)\s*{DAY})?(?:[\s,;:]+(.*))?")
FILE_LIMIT: Final = 512 * 1024
"""Bytes of a calendar's file: the holidays of many years."""
AHEAD: Final = 3
"""Years for which a day that comes every year is written out."""


def days_in(text: str) -> Mapping[date, str]:
    """One day a line, or a span: `2026-12-24 – 2027-01-06 Winter`, `24.12.2026`. Raises Malformed naming the line."""
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = LINE.fullmatch(line.strip())
        if read is None:
            raise Malformed(f"Line {number} does not begin with a day, like 2026-12-24 or 24.12.2026.")
        fields = read.groups()
        try:
            first = _day(fields[:6])
            last = _day(fields[6:12]) if any(fields[6:12]) else first
        except ValueError:
            raise Malformed(f"Line {number} names a day that is in no calendar.") from None
        found |= _between(first, last, fields[12] or "", f"Line {number}")
    return found


def lines_of(days: Mapping[date, str]) -> str:
    """The other way: days that follow on each other under one name are one line."""
    runs: list[tuple[date, date, str]] = []
    for day, name in sorted(days.items()):
        if runs and runs[-1][1] == day - timedelta(days=1) and runs[-1][2] == name:
            runs[-1] = (runs[-1][0], day, name)
        else:
            runs.append((day, day, name))
    return "".join(
        f"{first}{'' if first == last else f' – {last}'} {name}".rstrip() + "\n" for first, last, name in runs
    )


def days_of_calendar(raw: bytes, today: date) -> Mapping[date, str]:
    """Whole days of a calendar's file that have not passed. Raises Malformed where it is none, or has none."""
    if len(raw) > FILE_LIMIT:
        raise Malformed("This file is too long for a calendar of holidays.")
    try:
        events = Calendar.from_ical(raw.decode("utf-8-sig")).walk("VEVENT")
        spans = [span for event in events for span in _spans(event, today)]
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        # icalendar raises ValueError and its children; the others come from what broken files make of its values.
        raise Malformed("This is not a calendar's file (.ics), or it cannot be read.") from None
    found: dict[date, str] = {}
    for first, last, name in spans:
        if last >= today:
            found |= _between(max(first, today), last, name, "One entry of the file")
    if not found:
        raise Malformed("There is no whole day in this calendar that is still to come.")
    return found


def _spans(event: Component, today: date) -> list[tuple[date, date, str]]:
    """An entry's days, each year's where it comes every year. Times of a day are appointments, no holidays."""
    if event.errors:  # a day that is passed over in silence would be promised
        raise ValueError("an entry cannot be read")
    starts = event.decoded("DTSTART")
    if isinstance(starts, datetime) or not isinstance(starts, date):
        return []
    ends = event.decoded("DTEND") if "DTEND" in event else starts + timedelta(days=1)
    length = max((ends - starts).days - 1, 0)
    name = " ".join(str(event.get("SUMMARY", "")).split())[:HOLIDAY_NAME]
    begins = [starts]
    if event.get("RRULE", {}).get("FREQ") == ["YEARLY"]:
        years = range(max(starts.year, today.year), today.year + AHEAD)
        begins = [one for year in years if (one := _in_year(starts, year))]
    return [(one, one + timedelta(days=length), name) for one in begins]


def _in_year(day: date, year: int) -> date | None:
    """None for the 29th of February in most years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _day(parts: tuple[str | None, ...]) -> date:
    """Raises ValueError."""
    year, month, day = parts[:3] if parts[0] else parts[5:2:-1]
    return date(int(year or 0), int(month or 0), int(day or 0))


def _between(first: date, last: date, name: str, where: str) -> dict[date, str]:
    days = (last - first).days + 1
    if not 1 <= days <= HOLIDAYS:
        raise Malformed(f"{where} goes from a day to an earlier one, or over more than {HOLIDAYS} days.")
    return {first + timedelta(days=one): name.strip() for one in range(days)}
