"""Somebody pressed "yes" in their calendar: what comes back is no letter, whoever's program wrote it."""

import pytest

from channels.email.mime.automatic import Automatic
from channels.email.mime.parsing import parse
from tests.channels.email.letters import letter

PLAIN = b"From: mara@example.org\r\nMIME-Version: 1.0\r\n"
ENCLOSED = PLAIN + (
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
    b"--x\r\nContent-Type: text/calendar; method=REPLY; name=a.ics\r\nContent-Disposition: attachment\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n--x--\r\n"
)


def calendar(method: str, inside: str) -> bytes:
    """A calendar alone in its mail."""
    parameter = f"; method={method}" if method else ""
    head = PLAIN + f"Content-Type: text/calendar{parameter}\r\n\r\n".encode()
    return head + f"BEGIN:VCALENDAR\r\n{inside}\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()


@pytest.mark.parametrize("name", ["calendar_reply_google", "calendar_reply_alone"])
def test_the_answers_of_real_calendars_are_told_from_letters(name: str) -> None:
    read = parse(letter(name))
    assert read.automatic is Automatic.CALENDAR
    assert "[Answer to an invitation" in read.text or "has accepted" in read.text


@pytest.mark.parametrize(
    ("method", "inside", "kind"),
    [
        ("REPLY", "METHOD:REPLY", Automatic.CALENDAR),
        ("reply", "VERSION:2.0", Automatic.CALENDAR),
        ("", "METHOD:COUNTER", Automatic.CALENDAR),
        ("", "METHOD: REPLY ", Automatic.CALENDAR),
        ("REQUEST", "METHOD:REQUEST", Automatic.HUMAN),
        ("", "SUMMARY:METHOD:REPLY", Automatic.HUMAN),
        ("", "VERSION:2.0", Automatic.HUMAN),
    ],
)
def test_the_method_decides_wherever_it_stands(method: str, inside: str, kind: Automatic) -> None:
    assert parse(calendar(method, inside)).automatic is kind


def test_an_answer_enclosed_in_a_letter_leaves_the_letter_a_letter() -> None:
    read = parse(ENCLOSED)
    assert read.automatic is Automatic.HUMAN
    assert read.text == "See the file."


def test_words_of_people_that_speak_of_calendars_are_letters() -> None:
    raw = PLAIN + b"Subject: Accepted: Appointment\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    assert parse(raw).automatic is Automatic.HUMAN
