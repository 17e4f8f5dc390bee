"""Times on forms and pages: what a wall clock says in the practice, which moment that is, and how a moment is shown."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from messaging.errors import Malformed
from messaging.sessions.holding import FARTHEST
from messaging.sessions.repeating import Repeat, checked_repeat
from messaging.sessions.wall_time import moment, moments, wall_time
from web.pages.parts.asking import Visit
from web.pages.parts.when_view import When

HOURS: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")


class TwoTimes(Malformed):
    """The clocks show this time twice; `both` says how each is called."""

    def __init__(self, shown: datetime, both: tuple[str, ...]) -> None:
        super().__init__(
            f"That night the clocks go back, and {shown:%H:%M} comes twice. Please choose which."
        )
        self.both = both


def start_in(fields: Mapping[str, str], visit: Visit) -> datetime:
    """The moment a form's day and time mean here. Raises Malformed, TwoTimes while of two none is chosen."""
    shown = wall_time(fields.get("day", ""), fields.get("time", ""))
    zone, second = visit.here.zone, fields.get("second")
    both = moments(shown, zone)
    if len(both) == 2 and second not in ("0", "1"):
        raise TwoTimes(shown, tuple(offset_of(one, visit) for one in both))
    meant = moment(shown, zone, second=second == "1")
    if meant > visit.here.now + FARTHEST:
        raise Malformed("That is more than a year ahead. Please look at the year.")
    return meant


def range_in(fields: Mapping[str, str], visit: Visit) -> tuple[datetime, datetime]:
    """From when until when, on one day; of a time that comes twice the first is the start and the second the end."""
    day, zone = fields.get("day", ""), visit.here.zone
    starts = moment(wall_time(day, fields.get("time", "")), zone)
    ends = moment(wall_time(day, fields.get("until", "")), zone, second=True)
    if ends <= starts:
        raise Malformed("The end is not after the beginning.")
    return starts, ends


def minutes_in(fields: Mapping[str, str], name: str = "minutes") -> int:
    """A number of minutes. Raises Malformed."""
    raw = fields.get(name, "")
    if not raw.isascii() or not raw.isdigit() or len(raw) > 4:
        raise Malformed("Please give the length in minutes.")
    return int(raw)


def hours_in(fields: Mapping[str, str], name: str) -> int:
    """Hours like 24 or 1.5, in minutes. Raises Malformed."""
    typed = fields.get(name, "").strip()
    if not HOURS.fullmatch(typed):
        raise Malformed("Hours are a number like 24 or 1.5; 0 for none.")
    return round(float(typed) * 60)


def repeat_in(fields: Mapping[str, str]) -> Repeat:
    """How often, as a form says it: once where it says nothing. Raises Malformed."""
    said = {name: fields.get(name) or "1" for name in ("weeks", "count")}
    if not all(one.isascii() and one.isdigit() and len(one) < 4 for one in said.values()):
        raise Malformed("Please give the number of sessions, and of weeks from one to the next.")
    return checked_repeat({name: int(one) for name, one in said.items()})


def as_filled(fields: Mapping[str, str], refusal: Malformed | None = None, mistake: str = "") -> When:
    """The form as it was sent, to be looked at again."""
    names = ("day", "time", "minutes", "until", "pause", "weeks", "count")
    both = refusal.both if isinstance(refusal, TwoTimes) else ()
    return When(**{name: fields.get(name, "")[:20] for name in names}, both=both, mistake=mistake)


def clock(when: datetime, visit: Visit) -> str:
    """As clocks show it; in the hour that comes twice with its offset, or two sessions would look like one."""
    at = when.astimezone(visit.here.zone)
    twice = len(moments(at.replace(tzinfo=None, second=0, microsecond=0, fold=0), visit.here.zone)) == 2
    return offset_of(when, visit) if twice else f"{at:%H:%M}"


def offset_of(when: datetime, visit: Visit) -> str:
    """A time with how far clocks are from UTC then: 02:30 (UTC+02:00)."""
    at = when.astimezone(visit.here.zone)
    offset = f"{at:%z}"
    return f"{at:%H:%M} (UTC{offset[:3]}:{offset[3:]})"


def midnight(visit: Visit, days: int = 0) -> datetime:
    """Where the reader is: the hours between two midnights are not always 24."""
    day = visit.here.now.astimezone(visit.here.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), visit.here.zone)
