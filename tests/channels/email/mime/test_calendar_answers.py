"""Somebody pressed "yes" in their calendar: what comes back is no letter, whoever's program wrote it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


TYPED = "I cannot come, I am in hospital since last night. Please call me."
SENTENCES = {
    "google": 'Mara Lind has declined this invitation with this note:\n"{}"\n\nAppointment\nTuesday Jan 14, 2031',
    "google in german": "Mara Lind hat diese Einladung mit folgender Notiz abgelehnt:\n„{}“",
    "outlook": "{}",
    "outlook with its lines": "{}\n\n________________________________\nWhen: Tuesday, January 14, 2031 18:00",
    "apple": "Mara Lind has declined your invitation to: Appointment\n\n{}",
}
BARE = {
    "google": "Mara Lind has accepted this invitation.\n\nAppointment\nTuesday Jan 14, 2031\nhttps://calendar.example/x",
    "google in german": "Mara Lind hat diese Einladung abgelehnt.\n\nAppointment\nDienstag 14. Jan. 2031 18:00 – 18:50",
    "outlook": "",
    "outlook with a line": "\n________________________________\n",
    "apple": "Mara Lind has declined your invitation to: Appointment",
    "in french": "Mara Lind a refusé cette invitation.",
    "in spanish": "mara@example.org ha rechazado esta invitación.",
    "declined": "Declined: Appointment @ Tue 14 Jan 2031 6pm (UTC)",
}


def answered(text: str, state: str = "DECLINED", *, comment: str = "", more: str = "") -> bytes:
    """What a calendar sends when somebody pressed something in it."""
    said = f"COMMENT:{comment}\r\n" if comment else ""
    return (
        PLAIN.replace(b"mara@", b"Mara Lind <mara@").replace(b".org", b".org>")
        + (
            'Content-Type: multipart/alternative; boundary="a"\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
            f"{text}\r\n--a\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n{more}\r\nBEGIN:VCALENDAR\r\n"
            f"METHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@practice.test\r\nDTSTART:20310114T170000Z\r\nSUMMARY:Appointment\r\n"
            f"ORGANIZER;CN=Haus Linde:mailto:post@practice.test\r\nATTENDEE;PARTSTAT={state}:mailto:mara@example.org\r\n"
            f"{said}END:VEVENT\r\nEND:VCALENDAR\r\n--a--\r\n"
        ).encode()
    )


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
@pytest.mark.parametrize(
    "typed",
    [
        TYPED,
        "No.",
        "I have declined this invitation, sorry",
        "Ich kann nicht",
        "help",
        "Can I come at 9?",
        "😢 sorry",
    ],
)
def test_an_answer_with_words_somebody_typed_is_a_letter(sentence: str, typed: str) -> None:
    read = parse(answered(sentence.format(typed)))
    assert read.automatic is Automatic.HUMAN
    assert typed in read.text
    assert read.answer is not None
    assert (read.answer.said, read.answer.starts) == ("declined", datetime(2031, 1, 14, 17, tzinfo=UTC))


@pytest.mark.parametrize("text", BARE.values(), ids=BARE)
def test_an_answer_without_words_is_noted_and_nobody_waits(text: str) -> None:
    assert parse(answered(text)).automatic is Automatic.CALENDAR


@pytest.mark.parametrize("text", BARE.values(), ids=BARE)
def test_what_was_typed_into_the_calendar_file_alone_is_shown_as_words(text: str) -> None:
    comment = TYPED.replace(",", "\\,").replace(". ", ".\\n")
    read = parse(answered(text, comment=comment))
    assert read.automatic is Automatic.HUMAN
    assert TYPED.replace(". ", ".\n") in read.text


@pytest.mark.parametrize(
    "more", [b"", b"Auto-Submitted: auto-generated\r\n", b"Precedence: bulk\r\n", b"List-Id: <x.y>\r\n"]
)
def test_a_calendar_that_says_it_is_automatic_is_no_less_one_with_words(more: bytes) -> None:
    assert parse(more + answered(TYPED)).automatic is Automatic.HUMAN
    assert parse(more + answered(BARE["google"])).automatic is Automatic.CALENDAR


def test_a_comment_that_stands_in_the_words_is_not_said_twice() -> None:
    read = parse(answered(SENTENCES["google"].format(TYPED), comment=TYPED.replace(",", "\\,")))
    assert read.text.count(TYPED) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("ACCEPTED", "accepted"),
        ("declined", "declined"),
        ("TENTATIVE", "tentative"),
        ("DELEGATED", "delegated"),
        ("X-MAYBE", "answered"),
    ],
)
def test_what_was_pressed_is_told(state: str, said: str) -> None:
    read = parse(answered("", state))
    assert read.answer is not None
    assert read.answer.said == said


@pytest.mark.parametrize(
    ("starts", "when"),
    [
        ("DTSTART:20310114T170000Z", datetime(2031, 1, 14, 17, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Vienna:20310114T180000", datetime(2031, 1, 14, 17, tzinfo=UTC)),
        ('DTSTART;TZID="W. Europe Standard Time":20310114T180000', None),
        ("DTSTART;TZID=../../etc/passwd:20310114T180000", None),
        ("DTSTART:20310114T180000", None),
        ("DTSTART;VALUE=DATE:20310114", None),
        ("DTSTART:20311399T990000Z", None),
        ("DTSTART:00000101T000000Z", None),
        ("X-NOTHING:1", None),
    ],
)
def test_when_the_appointment_is_as_far_as_it_says(starts: str, when: datetime | None) -> None:
    read = parse(answered("").replace(b"DTSTART:20310114T170000Z", starts.encode()))
    assert read.answer is not None
    assert read.answer.starts == when


def test_an_answer_enclosed_in_a_mail_without_words_is_noted() -> None:
    read = parse(ENCLOSED.replace(b"See the file.", b""))
    assert (read.automatic, read.answer is not None) == (Automatic.CALENDAR, True)


@given(st.text(), st.text(), st.binary())
def test_whatever_a_calendar_holds_it_is_read(text: str, comment: str, noise: bytes) -> None:
    raw = answered(text, comment=comment)
    for one in (raw, raw.replace(b"SUMMARY", noise), raw + noise):
        assert parse(one) is not None
