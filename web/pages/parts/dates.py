"""Days and times, said from where the reader is and in their language. The forms of dates are sentences of the catalogue."""

from datetime import datetime, timedelta

from babel.dates import format_datetime

from channels.language.speaking import locale_of, spoken
from web.pages.parts.saying import _, ngettext, pgettext
from web.pages.parts.views import Here


def formed(when: datetime, pattern: str) -> str:
    """A moment by a pattern of CLDR (UTS 35), as it is spelled in the language spoken. `when` is in the reader's zone."""
    return format_datetime(when.replace(tzinfo=None), pattern, locale=locale_of(spoken()))


def weekday_name(day: int) -> str:
    """Monday is 0."""
    names: str = locale_of(spoken()).days["stand-alone"]["wide"][day]
    return names


def clock_time(when: datetime, here: Here) -> str:
    return f"{when.astimezone(here.zone):%H:%M}"


def clock_seconds(when: datetime, here: Here) -> str:
    """To the second, where somebody may wonder whether the last word is in."""
    return f"{when.astimezone(here.zone):%H:%M:%S}"


def day(when: datetime, here: Here) -> str:
    """Today, Yesterday, Tomorrow, or the day in full; the year only when it is another one."""
    match _days_from(when, here):
        case 0:
            return _("Today")
        case -1:
            return _("Yesterday")
        case 1:
            return _("Tomorrow")
    at = when.astimezone(here.zone)
    return formed(at, _("EEEE d MMMM") if _is_of_this_year(at, here) else _("EEEE d MMMM y"))


def short_day(when: datetime, here: Here) -> str:
    """today, yesterday, tomorrow, or as short as is clear: Thu 26 Nov."""
    match _days_from(when, here):
        case 0:
            return _("today")
        case -1:
            return _("yesterday")
        case 1:
            return _("tomorrow")
    return _short(when, here)


def moment(when: datetime, here: Here) -> str:
    """A day and a time in one: today 18:00; Thu 26 Nov, 18:00."""
    near = abs(_days_from(when, here)) < 2
    said = {"day": short_day(when, here), "time": hour(when, here)}
    return _("%(day)s %(time)s", **said) if near else pgettext("not near", "%(day)s, %(time)s", **said)


def hour(when: datetime, here: Here) -> str:
    """A time as a sentence names it. In German the full hour is without minutes: 18 Uhr."""
    at = when.astimezone(here.zone)
    if at.minute == 0:
        return formed(at, pgettext("the full hour, within a sentence", "HH:mm"))
    return formed(at, pgettext("within a sentence", "HH:mm"))


def dated(when: datetime, here: Here) -> str:
    """A day and a time that stay true on a page that stays open: Thu 26 Nov, 18:00. The same as in words.js."""
    return _("%(day)s, %(time)s", day=_short(when, here), time=clock_time(when, here))


def soon(when: datetime, here: Here) -> str:
    """As short as a list allows: 18:00 for today, Thu 18:00 within six days, else the day alone."""
    ahead = _days_from(when, here)
    if ahead == 0:
        return clock_time(when, here)
    if 1 < ahead < 7:
        return f"{formed(when.astimezone(here.zone), 'EEE')} {clock_time(when, here)}"
    return moment(when, here)


def is_due(when: datetime, here: Here) -> bool:
    """Whether its day has come, or gone: what is promised for later asks nothing of anybody today."""
    return _days_from(when, here) <= 0


def waiting_words(since: datetime, here: Here) -> str:
    """How long it has been, as one would say it: just now, 12 min, 3 h, 2 days."""
    waited = max(here.now - since, timedelta())
    minutes = int(waited.total_seconds()) // 60
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(num)d min", "%(num)d min", minutes)
    if minutes < 36 * 60:
        return ngettext("%(num)d h", "%(num)d h", minutes // 60)
    return ngettext("%(num)d day", "%(num)d days", round(minutes / 1440))


def _days_from(when: datetime, here: Here) -> int:
    return (when.astimezone(here.zone).date() - here.now.astimezone(here.zone).date()).days


def _is_of_this_year(at: datetime, here: Here) -> bool:
    return at.year == here.now.astimezone(here.zone).year


def _short(when: datetime, here: Here) -> str:
    at = when.astimezone(here.zone)
    return formed(at, _("EEE d MMM") if _is_of_this_year(at, here) else _("EEE d MMM y"))
