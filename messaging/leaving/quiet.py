"""Quiet hours: mail that tells who answers of something rests until somebody wants to hear of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from messaging.errors import Malformed
from messaging.leaving.answer_rules import checked_hour
from messaging.people import Person, Practice, QuietHours


def checked_quiet(begins: object, ends: object) -> QuietHours:
    """Hours like 21:00 and 07:30. Raises Malformed."""
    quiet = QuietHours(checked_hour(begins), checked_hour(ends))
    if quiet.begins == quiet.ends:
        raise Malformed("Quiet hours begin and end at different times.")
    return quiet


def rest_for(practice: Practice, person: Person, at: datetime, after: timedelta) -> timedelta:
    """How long what is told at `at` rests: for `after`, and past the quiet hours it would fall into. Never less."""
    if person.quiet is None:
        return after
    zone = ZoneInfo(person.time_zone or practice.time_zone)
    due = (at + after).astimezone(zone)
    begins, ends = person.quiet.begins, person.quiet.ends
    clock = due.time()
    over_midnight = begins > ends
    within = (clock >= begins or clock < ends) if over_midnight else begins <= clock < ends
    if not within:
        return after
    day = due.date() + timedelta(days=over_midnight and clock >= begins)
    awake = datetime.combine(day, ends, zone)
    # Compared as moments: in the night the clocks go back, an hour of that name has passed already.
    return max(awake - at.astimezone(zone), after) if awake.timestamp() > due.timestamp() else after
