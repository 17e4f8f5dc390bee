"""Appointments in people's own calendars: files and mails that a calendar updates by, rather than doubles.

What makes it so (RFC 5545 3.8.7.4, RFC 5546 2.1.4): the UID stays for as long as the appointment, SEQUENCE rises with each
change, and DTSTAMP tells two mails of the same change apart. Nothing says whom or what it is for: a calendar is looked
at by others, on lock screens and shared displays.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from icalendar import CLASS, CUTYPE, PARTSTAT, ROLE, STATUS, TRANSP, Calendar, Event, vCalAddress

from channels.email.composing.mail import (
    LINE_LIMIT,
    Envelope,
    boundary_of,
    crlf,
    header_lines,
    text_part,
)
from channels.email.composing.times import spoken
from channels.email.composing.words import _, ngettext
from channels.language.saying import N_
from messaging.addresses import valid_address
from messaging.office import About

SUMMARY: Final = N_("Appointment")
PRODUCT: Final = "-//Quietline//Appointments//EN"
CLOSING: Final = N_(
    "Moving or cancelling it is done there, too; an answer of your calendar is passed on, and changes nothing."
)


class Method(StrEnum):
    """What a calendar is asked to do (RFC 5546 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    """A file to be imported by hand: nobody is invited."""


def method_for(about: About) -> Method | None:
    """What a calendar does with the file of such a mail; None: a reminder has none."""
    match about:
        case About.ARRANGED:
            return Method.REQUEST
        case About.CANCELLED:
            return Method.CANCEL
        case About.SOON:
            return None
        case _:
            assert_never(about)


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment as calendars know it. Times are aware; `stamp` is when this was said."""

    uid: str
    sequence: int
    starts: datetime
    minutes: int
    stamp: datetime
    organiser_name: str = field(repr=False)
    organiser: str = field(repr=False)
    """Where calendars send answers."""


def appointment_uid(session: str, domain: str) -> str:
    """The UID of a session, the same for as long as it exists (RFC 5545 3.8.4.7)."""
    return f"{session}@{domain}"


def calendar_file(appointment: Appointment, method: Method, attendee: str | None = None) -> bytes:
    """The calendar object: times in UTC, so that it holds in any calendar whatever its time zones.

    The one who gets it is the only attendee: a couple does not learn each other's addresses, nor a client the clinician's.
    It is agreed already, so no answer is asked for (RSVP=FALSE). A "no" that is pressed all the same goes to the organiser
    (RFC 5546 3.2.3), whatever Reply-To says: that is the reader's own reply address, where it becomes a line of the record.
    """
    event = Event.new(
        uid=appointment.uid,
        sequence=appointment.sequence,
        stamp=appointment.stamp,
        start=_utc(appointment.starts),
        end=_utc(appointment.starts + timedelta(minutes=appointment.minutes)),
        summary=_(SUMMARY),
        status=STATUS.CANCELLED if method is Method.CANCEL else STATUS.CONFIRMED,
        transparency=TRANSP.TRANSPARENT if method is Method.CANCEL else TRANSP.OPAQUE,
        classification=CLASS.PRIVATE,
        organizer=vCalAddress.new(_mailbox(appointment.organiser), cn=_plain(appointment.organiser_name)),
        attendees=[_attendee(attendee)] if attendee is not None else None,
    )
    made = Calendar.new(method=method.value, prodid=PRODUCT, calscale="GREGORIAN", subcomponents=[event])
    # A fresh random one, of the file and not of the appointment: the bytes shall be a function of what they say.
    del made["UID"]
    written: bytes = made.to_ical()
    return written


def compose_appointment(
    envelope: Envelope, appointment: Appointment, method: Method, link: str, zone: ZoneInfo
) -> bytes:
    """The mail that carries it (RFC 6047 2.4): neutral words, and the file where calendars look for it."""
    boundary = boundary_of(envelope.message_id)
    file = calendar_file(appointment, method, envelope.recipient)
    return crlf(
        [
            *header_lines(envelope),
            f'Content-Type: multipart/alternative; boundary="{boundary}"',
            "",
            f"--{boundary}",
            *text_part("plain", words(appointment, method, link, zone)),
            f"--{boundary}",
            *_calendar_part(file, method),
            f"--{boundary}--",
        ]
    )


def words(appointment: Appointment, method: Method, link: str, zone: ZoneInfo) -> str:
    """What the mail says to those without a calendar: no more than the file beside it does."""
    if method is Method.CANCEL:
        opening = _("An appointment is cancelled:")
    else:
        changed = appointment.sequence > 0
        opening = _("The time of an appointment has changed:") if changed else _("An appointment:")
    length = ngettext("%(num)d minute", "%(num)d minutes", appointment.minutes)
    when = _("%(when)s, %(length)s", when=spoken(appointment.starts, zone), length=length)
    return f"{opening}\n{when}\n\n{_('You find it here:')}\n{link}\n\n{_(CLOSING)}\n"


def _calendar_part(file: bytes, method: Method) -> list[str]:
    """base64: the only coding that no relay on the way re-folds, and the file's own folding must survive."""
    packed = b64encode(file).decode("ascii")
    return [
        f'Content-Type: text/calendar; method={method.value}; charset=utf-8; component=VEVENT; name="appointment.ics"',
        "Content-Transfer-Encoding: base64",
        "",
        *(packed[place : place + LINE_LIMIT] for place in range(0, len(packed), LINE_LIMIT)),
    ]


def _attendee(address: str) -> vCalAddress:
    return vCalAddress.new(
        _mailbox(address),
        cutype=CUTYPE.INDIVIDUAL,
        role=ROLE.REQ_PARTICIPANT,
        partstat=PARTSTAT.ACCEPTED,
        rsvp=False,
    )


def _mailbox(address: str) -> str:
    if not valid_address(address):
        raise ValueError("an address of the calendar file is not valid")
    return address


def _plain(name: str) -> str:
    """A parameter's value knows no escape for a quotation mark or a control (RFC 5545 3.2; RFC 6868 few have heard of).

    A backslash is none there either, and programs that take it for one read on beyond the value's end.
    """
    return " ".join("".join(c if c.isprintable() and c not in '"\\' else " " for c in name).split())[:60]


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError("an appointment needs a time zone")
    return when.astimezone(ZoneInfo("UTC"))
