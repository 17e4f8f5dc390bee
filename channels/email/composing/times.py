"""Times in words, for mails. What reads letters knows them by these words too, and starts without a calendar's library."""

import re
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from channels.email.composing.words import _
from channels.language.saying import N_
from channels.language.speaking import locale_of, speaking
from channels.language.speaking import spoken as language_spoken
from messaging.people import Language

FORM: Final = N_("EEEE, d MMMM y, HH:mm")
"""A pattern of CLDR (UTS 35), of these fields and nothing between them but blanks and stops."""
PLACED: Final = N_("%(when)s (%(zone)s time, UTC%(offset)s)")
ALSO: Final = N_("that is %(time)s")
_FIELD: Final = re.compile("EEEE|MMMM|HH:mm|d|y")
_ISOLATES: Final = str.maketrans("", "", "\u2068\u2069")


def spoken(when: datetime, zone: ZoneInfo) -> str:
    """A time with its place, as it must stand in a mail that may be read anywhere, any day."""
    at = when.astimezone(zone)
    form = format_datetime(at.replace(tzinfo=None), _(FORM), locale=locale_of(language_spoken()))
    offset = at.strftime("%z")
    return _(PLACED, when=form, zone=zone.key, offset=offset)


def is_spoken(line: str) -> bool:
    """Whether a line is such a time and nothing else, in any language we write."""
    bare = line.translate(_ISOLATES)
    return any(form.fullmatch(bare) for form in _forms())


@cache  # bound: one
def _forms() -> tuple[re.Pattern[str], ...]:
    made = []
    for language in Language:
        with speaking(language):
            made.append(re.compile(_form(locale_of(language)).translate(_ISOLATES)))
    return tuple(made)


def _form(locale: Locale) -> str:
    """What is said of any time in the language spoken, with what differs as patterns."""
    when = _FIELD.sub(lambda field: _field(field[0], locale), re.escape(_(FORM)))
    line = re.escape(_(PLACED, when="WHEN", zone="ZONE", offset="OFFSET")).replace("WHEN", when)
    line = line.replace("ZONE", r"\S{1,40}").replace("OFFSET", r"[+-]\d{4}")
    return f"{line}|{re.escape(_(ALSO, time='TIME')).replace('TIME', line)}"


def _field(name: str, locale: Locale) -> str:
    match name:
        case "EEEE":
            return f"(?:{'|'.join(map(re.escape, locale.days['format']['wide'].values()))})"
        case "MMMM":
            return f"(?:{'|'.join(map(re.escape, locale.months['format']['wide'].values()))})"
        case "HH:mm":
            return r"\d\d:\d\d"
        case "d":
            return r"\d{1,2}"
        case _:
            return r"\d{4}"
