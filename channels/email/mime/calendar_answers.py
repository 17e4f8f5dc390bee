"""What comes back when somebody presses "yes" or "no" in their calendar (RFC 5546 3.2.3), and what they typed beside it.

A calendar's answer without words is noted and nobody waits. With words it is a letter: "I cannot come, I am in hospital" is
typed into the same small field as nothing at all. So all that is not plainly the program's is somebody's words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from channels.email.mime import charsets
from channels.email.mime.calendars import Found, event_properties, invitation_line, spoken, zone_of
from channels.email.mime.parts import Part

ANSWERS: Final = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentative",
    "DELEGATED": "delegated",
}
METHODS: Final = frozenset({"REPLY", "COUNTER", "REFRESH"})
"""What the one who was invited sends back (RFC 5546 1.4)."""
COMMENT_LIMIT: Final = 16_000
METHOD_WITHIN: Final = 4096  # it stands before the first event; a whole calendar need not be searched for it

_MOMENT: Final = re.compile(r"(\d{8})T(\d{6})(Z?)")
_PARTSTAT: Final = re.compile(r"PARTSTAT=\"?([A-Z-]{1,20})", re.IGNORECASE)
_METHOD: Final = re.compile(rb"(?im)^METHOD:[ \t]*([A-Z-]{1,20})[ \t]*\r?$")
_GOOGLE: Final = re.compile(r"(?im)^PRODID:-//Google Inc//Google Calendar\b")
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
_LINK: Final = re.compile(r"https?://\S+|[\w.+%'=-]{1,64}@[\w.-]{1,255}|<[^<>\s]{1,300}>")
_FIGURE: Final = re.compile(
    r"\d{1,4}(?:[.:/-]\d{1,4}){0,3}\.?(?:st|nd|rd|th|am|pm|h)?|(?:gmt|utc)?[+-]\d{1,4}(?::\d\d)?"
)
_WORD: Final = re.compile(r"[^\W_][^\s]*")
# What calendars write around a name and a title, in the languages most of them are used in.
_AROUND: Final = """
has have accepted declined tentatively tentative replied maybe invitation this your the to with note meeting
appointment event when where who organizer organiser guests attendee attendees required optional location time
response from for of on at by am pm hat diese die deine ihre einladung angenommen abgelehnt zugesagt abgesagt
vorläufig vorbehalt mit unter folgender notiz zu termin wann wo wer organisator gäste ort uhr um am von bis a accepté
refusé décliné provisoirement provisoire cette votre invitation avec note rendez-vous quand où qui lieu invités ha
aceptado rechazado provisional esta su invitación nota cita cuándo dónde quién invitados accettato rifiutato declinato
provvisorio questo invito tuo nota appuntamento quando dove chi invitati heeft deze uitnodiging geaccepteerd afgewezen
geweigerd voorlopig met opmerking afspraak wanneer waar wie gasten
"""
_DAYS: Final = """
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april may
june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec montag dienstag
mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so januar jänner februar märz mai juni juli oktober
dezember mär okt dez lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet août
septembre octobre novembre décembre lun mar mer jeu ven sam dim lunes martes miércoles jueves viernes sábado domingo
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre de lunedì martedì mercoledì
giovedì venerdì sabato domenica gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre maandag
dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei augustus gmt utc cet cest mez mesz est
edt
"""
_PROGRAMS: Final = frozenset(f"{_AROUND} {_DAYS}".split())


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What a calendar sent back. `said` is `accepted`, `declined` ..., or `answered` where it does not say which."""

    said: str
    starts: datetime | None = None
    comment: str = field(default="", repr=False)
    """What was typed beside it, as the calendar file has it."""
    typed: bool = False
    """Somebody wrote words of their own."""


def is_answer(part: Part) -> bool:
    """Whether a part is a calendar's answer; RFC 6047 2.4 wants the method beside its type."""
    method = part.parameters.get("method") or _method(part.content)
    return part.content_type == "text/calendar" and method.upper() in METHODS


def read_answer(root: Part, text: str, names: Iterable[str]) -> CalendarAnswer | None:
    """The answer that a mail is, or None. `text`: its words; `names`: the people its headers name.

    One that is enclosed as a file in a letter does not make the letter an answer; enclosed in a mail without words it does.
    """
    found = [part for part in root.walk() if is_answer(part)]
    shown = [part for part in found if part.disposition != "attachment"]
    if not found or (not shown and text.strip()):
        return None
    part = (shown or found)[0]
    calendar = charsets.decode(part.content, part.parameters.get("charset"))
    event = event_properties(calendar)
    comment = spoken(event, "COMMENT", COMMENT_LIMIT)
    others = [text.replace(invitation_line(calendar), "") if text else ""]
    if _GOOGLE.search(
        calendar
    ):  # people write into one field, which stands in the file, too; below it is the appointment
        others = _PARAGRAPH.split(others[0].strip(), maxsplit=1)[:1]
    known = _known(event, names)
    typed = bool(comment) or any(not _by_program(line, known) for line in others[0].splitlines())
    return CalendarAnswer(_said(event), _starts(event), comment, typed)


def _method(calendar: bytes) -> str:
    found = _METHOD.search(calendar[:METHOD_WITHIN])
    return found[1].decode() if found else ""


def _said(event: Found) -> str:
    if event.get("METHOD", ("", ""))[1].upper() == "COUNTER":
        return "counter"
    state = _PARTSTAT.search(event.get("ATTENDEE", ("", ""))[0])
    return ANSWERS.get(state[1].upper(), "answered") if state else "answered"


def _starts(event: Found) -> datetime | None:
    parameters, value = event.get("DTSTART", ("", ""))
    match = _MOMENT.fullmatch(value)
    zone = zone_of(parameters)
    if match is None or not (match[3] or zone):
        return None
    try:
        where = UTC if match[3] else ZoneInfo(zone)
        return datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=where).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError, OSError, OverflowError):
        return None  # a day that does not exist, or a zone only one program knows


def _known(event: Found, names: Iterable[str]) -> frozenset[str]:
    people = [parameters for parameters, _ in (event.get(one, ("", "")) for one in ("ATTENDEE", "ORGANIZER"))]
    said = [spoken(event, one) for one in ("SUMMARY", "LOCATION")]
    return frozenset(
        word for one in (*names, *people, *said) for word in _words(one.replace("=", " ").replace(";", " "))
    )


def _words(text: str) -> list[str]:
    return [word.strip(".,:;!?\"'“”„«»()[]<>").lower() for word in _WORD.findall(text)]


def _by_program(line: str, known: frozenset[str]) -> bool:
    """Whether every word of a line is a name, a title, a day, or one of those calendars write."""
    rest = _LINK.sub(" ", line)
    return "?" not in rest and all(
        not word or word in _PROGRAMS or word in known or _FIGURE.fullmatch(word) is not None
        for word in _words(rest)
    )
