"""Calendar files and the mails that carry them: what real calendars update by, and what nobody may read in them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from channels.email.composing.invitations import (
    Appointment,
    Method,
    appointment_uid,
    calendar_file,
    compose_appointment,
)
from channels.email.composing.mail import Envelope, letter_id
from channels.email.composing.times import spoken
from tests.channels.email.leaving.test_composing import check_wire_form

VIENNA = ZoneInfo("Europe/Vienna")
LINK = "https://practice.test/"
RUTH = "ruth@mail.example"
APPOINTMENT = Appointment(
    uid=appointment_uid("6b0f1c52-0000-4000-8000-000000000001", "practice.test"),
    sequence=0,
    starts=datetime(2031, 1, 14, 18, 0, tzinfo=VIENNA),
    minutes=50,
    stamp=datetime(2031, 1, 10, 9, 30, tzinfo=UTC),
    organiser_name="Haus Linde",
    organiser="post@practice.test",
)
ENVELOPE = Envelope(
    sender_name="Haus Linde",
    sender="post@practice.test",
    recipient=RUTH,
    reply_to="reply+abc@practice.test",
    message_id=letter_id("6b0f-0-appointment", "practice.test"),
    date=APPOINTMENT.stamp,
    subject="You have a new message",
    auto=True,
)


def mail(method: Method, appointment: Appointment = APPOINTMENT) -> EmailMessage:
    raw = compose_appointment(ENVELOPE, appointment, method, LINK, VIENNA)
    check_wire_form(raw)
    return message_from_bytes(raw, policy=policy.default)


def parts(message: EmailMessage) -> tuple[EmailMessage, EmailMessage]:
    plain, calendar = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(calendar, EmailMessage)
    return plain, calendar


def raw_lines(file: bytes) -> dict[str, str]:
    """A second reader, of our own: unfolded lines by name, no library."""
    assert file.endswith(b"\r\n")
    physical = file.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in physical), "RFC 5545 3.1: octets, without the line break"
    assert not any(b"\r" in line or b"\n" in line for line in physical)
    logical: list[str] = []
    for line in file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n"):
        assert not line.startswith(" ")
        logical.append(line)
    return dict(
        re.split("[:;]", line, maxsplit=1) for line in logical if not line.startswith(("BEGIN", "END"))
    )


def event_of(file: bytes) -> Event:
    """The first reader: the library, on its own bytes."""
    calendar = Calendar.from_ical(file)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    assert not event.errors
    return event


@pytest.mark.parametrize(
    ("method", "status"), [(Method.REQUEST, "CONFIRMED"), (Method.CANCEL, "CANCELLED")], ids=str
)
def test_two_readers_find_the_same_appointment_in_the_mail(method: Method, status: str) -> None:
    plain, calendar = parts(mail(method, replace(APPOINTMENT, sequence=3)))
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == method.value
    file = calendar.get_payload(decode=True)
    assert isinstance(file, bytes)
    lines, event = raw_lines(file), event_of(file)
    assert lines["METHOD"] == method.value == Calendar.from_ical(file)["METHOD"]
    assert lines["UID"] == APPOINTMENT.uid == event["UID"]
    assert lines["SEQUENCE"] == "3" == str(event["SEQUENCE"])
    assert lines["STATUS"] == status == event["STATUS"]
    assert lines["DTSTART"] == "20310114T170000Z"
    assert lines["DTEND"] == "20310114T175000Z"
    assert lines["DTSTAMP"] == "20310110T093000Z"
    assert event.start == APPOINTMENT.starts
    assert event.end == APPOINTMENT.starts + timedelta(minutes=50)
    assert lines["ORGANIZER"] == 'CN="Haus Linde":mailto:post@practice.test'
    assert lines["ATTENDEE"].endswith(f":mailto:{RUTH}")
    assert "RSVP=FALSE" in lines["ATTENDEE"]
    assert "Tuesday, 14 January 2031, 18:00 (Europe/Vienna time, UTC+0100), 50 minutes" in plain.get_content()


def test_the_mail_is_one_readers_neutral_and_says_that_no_person_wrote_it() -> None:
    message = mail(Method.REQUEST)
    assert message["To"] == RUTH
    assert message["Subject"] == "You have a new message"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"


def test_a_calendar_says_nothing_of_whom_or_what_it_is_for() -> None:
    lines = raw_lines(calendar_file(APPOINTMENT, Method.REQUEST, RUTH))
    assert lines["SUMMARY"] == "Appointment"
    assert lines["CLASS"] == "PRIVATE"
    told = {"PRODID", "VERSION", "METHOD", "CALSCALE", "DTSTAMP", "SUMMARY", "UID", "DTSTART", "DTEND"}
    assert set(lines) == told | {"SEQUENCE", "CLASS", "ORGANIZER", "TRANSP", "STATUS", "ATTENDEE"}


def test_a_file_to_import_invites_nobody_and_names_the_same_appointment() -> None:
    lines = raw_lines(calendar_file(APPOINTMENT, Method.PUBLISH))
    assert (lines["METHOD"], lines["UID"]) == ("PUBLISH", APPOINTMENT.uid)
    assert "ATTENDEE" not in lines


def test_the_same_is_said_in_the_same_bytes() -> None:
    assert calendar_file(APPOINTMENT, Method.REQUEST, RUTH) == calendar_file(
        APPOINTMENT, Method.REQUEST, RUTH
    )


@given(st.text(max_size=90))
@example("\\")
def test_no_name_of_a_practice_breaks_out_of_its_line(name: str) -> None:
    file = calendar_file(replace(APPOINTMENT, organiser_name=name), Method.REQUEST, RUTH)
    lines = raw_lines(file)
    assert lines["ORGANIZER"].endswith(":mailto:post@practice.test")
    assert event_of(file)["ORGANIZER"] == "mailto:post@practice.test"


@pytest.mark.parametrize(
    "address", ["", "ruth", "a@b.example\r\nATTENDEE:mailto:x@y.example", 'a";x@b.example']
)
def test_no_address_does_either(address: str) -> None:
    with pytest.raises(ValueError, match="not valid"):
        calendar_file(APPOINTMENT, Method.REQUEST, address)


@pytest.mark.parametrize(
    ("zone", "utc", "said"),
    [
        (
            "Europe/Berlin",
            "2026-10-25T00:30",
            "Sunday, 25 October 2026, 02:30 (Europe/Berlin time, UTC+0200)",
        ),
        (
            "Europe/Berlin",
            "2026-10-25T01:30",
            "Sunday, 25 October 2026, 02:30 (Europe/Berlin time, UTC+0100)",
        ),
        (
            "America/New_York",
            "2027-03-14T07:30",
            "Sunday, 14 March 2027, 03:30 (America/New_York time, UTC-0400)",
        ),
        (
            "Asia/Kolkata",
            "2026-11-26T12:30",
            "Thursday, 26 November 2026, 18:00 (Asia/Kolkata time, UTC+0530)",
        ),
    ],
)
def test_a_spoken_time_tells_the_two_hours_of_autumn_apart(zone: str, utc: str, said: str) -> None:
    assert spoken(datetime.fromisoformat(utc).replace(tzinfo=UTC), ZoneInfo(zone)) == said


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2031, 1, 14, 18)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="time zone"):
        calendar_file(replace(APPOINTMENT, starts=naive), Method.REQUEST)
