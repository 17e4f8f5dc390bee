"""A practice's own rules on a page: days off and their promises, a calendar's file, sessions, what mail is called."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import Malformed
from messaging.people import Practice
from messaging.practice.settings import HOLIDAYS
from tests.cast import Cast
from tests.web.visitor import Answer, Visitor
from web.pages.admin.days import days_in, days_of_calendar, lines_of

PLACE = "/admin/rules"
TODAY = date(2026, 11, 30)


async def practice_of(people: Cast) -> Practice:
    found = await people.office.memory.people.practice(people.practice.id)
    assert found is not None
    return found


def test_days_are_read_as_people_write_them() -> None:
    text = "2026-12-24 Christmas Eve\n\n 24.12.2027\n2026-12-30 – 2027-01-02 Winter, closed\n1.5.2027-2.5.2027: May\n"
    found = days_in(text)
    assert found[date(2026, 12, 24)] == "Christmas Eve"
    assert found[date(2027, 12, 24)] == ""
    assert [found[date(2026, 12, 30) + timedelta(days=n)] for n in range(4)] == ["Winter, closed"] * 4
    assert found[date(2027, 5, 2)] == "May"
    assert len(found) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "Line 1 does not begin"),
        ("2026-12-24\n2026-02-30", "Line 2 names a day that is in no calendar"),
        ("2026-12-24x", "Line 1"),
        ("0000-01-01", "no calendar"),
        ("2026-12-24 - 2026-12-20", "earlier"),
        ("0001-01-01 - 9999-12-31", "more than"),
        ("٢٠٢٦-١٢-٢٤x", "Line 1"),
    ],
)
def test_a_line_that_is_no_day_is_named(text: str, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        days_in(text)


@given(
    st.dictionaries(
        st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        st.text(st.characters(categories=["L", "Nd"]), max_size=20),
        max_size=30,
    )
)
def test_what_is_shown_is_read_back_as_it_was(days: dict[date, str]) -> None:
    assert days_in(lines_of(days)) == days


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//somebody//holidays//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
SUMMARY:Christmas
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20100501
SUMMARY:Labour
  Day
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20261026
SUMMARY:passed
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART:20261230T090000Z
DTEND:20261230T100000Z
SUMMARY:an appointment
END:VEVENT
BEGIN:VEVENT
UID:5
DTSTART;VALUE=DATE:20240229
RRULE:FREQ=YEARLY
SUMMARY:leap
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_the_whole_days_of_a_calendar_that_are_to_come(ends: str) -> None:
    found = days_of_calendar(CALENDAR.replace("\n", ends).encode(), TODAY)
    assert found == {
        date(2026, 12, 24): "Christmas",
        date(2026, 12, 25): "Christmas",
        date(2026, 12, 26): "Christmas",
        date(2027, 5, 1): "Labour Day",
        date(2028, 5, 1): "Labour Day",
        date(2028, 2, 29): "leap",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"not a calendar",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        CALENDAR.replace("DTSTART;VALUE=DATE:20261224", "DTSTART;VALUE=DATE:tomorrow").encode(),
        CALENDAR.replace("DTEND;VALUE=DATE:20261227", "DTEND;VALUE=DATE:99991231").encode(),
        b"x" * 600_000,
    ],
    ids=["empty", "no text", "words", "nothing in it", "no day", "no end", "too long"],
)
def test_another_file_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(Malformed):
        days_of_calendar(raw, TODAY)


@given(st.binary(max_size=300), st.integers(0, len(CALENDAR)))
def test_no_file_raises_anything_else(noise: bytes, cut: int) -> None:
    raw = CALENDAR.encode()
    try:
        days_of_calendar(raw[:cut] + noise + raw[cut:], TODAY)
    except Malformed:
        return


async def test_days_are_kept_and_every_promise_passes_over_them(
    people: Cast, nour: Visitor, ruth: Visitor
) -> None:
    before = (await ruth.get("/me/letters/write")).words
    today = people.office.clock().date()
    closed = "\n".join(f"{today + timedelta(days=n)} closed" for n in range(20))
    done = await nour.submit(PLACE, f"{PLACE}/days", day1="yes", day3="yes", holidays=closed)
    assert done.place == f"{PLACE}?done=days"
    kept = await practice_of(people)
    assert kept.workdays == (1, 3)
    assert len(kept.holidays) == 20
    shown = await nour.get(PLACE)
    assert f"{today} – {today + timedelta(days=19)} closed" in shown.field("holidays")
    assert shown.text.count(" checked>") >= 2
    assert (await ruth.get("/me/letters/write")).words != before


async def test_what_cannot_be_kept_stays_in_its_field(people: Cast, nour: Visitor) -> None:
    for fields, said in (
        ({"holidays": "2026-12-24"}, "works on one weekday"),
        ({"day0": "yes", "holidays": "soon"}, "Line 1"),
        ({"day0": "yes", "holidays": f"2026-12-24 {'x' * 81}"}, "at most 80"),
        (
            {"day0": "yes", "holidays": "2026-01-01 - 2026-10-20\n2027-01-01 - 2027-10-20"},
            f"room for {HOLIDAYS}",
        ),
    ):
        refused = await nour.submit(PLACE, f"{PLACE}/days", **fields)
        assert refused.status == 422
        assert said in refused.words
        assert refused.field("holidays").strip() == fields["holidays"]
    assert (await practice_of(people)).holidays == {}


async def upload(nour: Visitor, raw: bytes) -> Answer:
    fields = (await nour.get(PLACE)).hidden(f"{PLACE}/calendar")
    border = uuid4().hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="days.ics"\r\n'
    body = "".join(parts) + head + "Content-Type: text/calendar\r\n\r\n"
    kind = {"Content-Type": f"multipart/form-data; boundary={border}", "Origin": nour.base}
    whole = body + raw.decode("latin-1") + f"\r\n--{border}--\r\n"
    return await nour.ask("POST", f"{PLACE}/calendar", whole, kind)


async def test_a_calendars_days_are_added_to_those_there_are(people: Cast, nour: Visitor) -> None:
    next_year = people.office.clock().year + 1
    assert (
        await nour.submit(PLACE, f"{PLACE}/days", day0="yes", holidays=f"{next_year}-03-01 Own")
    ).status == 303
    raw = CALENDAR.replace("20261224", f"{next_year}1224").replace("20261227", f"{next_year}1227").encode()
    assert (await upload(nour, raw)).place == f"{PLACE}?done=days"
    kept = (await practice_of(people)).holidays
    assert kept[date(next_year, 3, 1)] == "Own"
    assert kept[date(next_year, 12, 26)] == "Christmas"
    refused = await upload(nour, b"nothing")
    assert refused.status == 422
    assert "not a calendar" in refused.words


async def test_rules_of_sessions_are_kept_and_read_back(people: Cast, nour: Visitor) -> None:
    said = {
        "grace": "20",
        "plan_b": "0",
        "reminder": "1.5",
        "code_word": "yes",
        "regions": "Austria\n\n Bavaria ",
    }
    assert (await nour.submit(PLACE, f"{PLACE}/sessions", **said)).place == f"{PLACE}?done=sessions"
    rules = await people.office.memory.sessions.rules(people.practice.id)
    assert (rules.grace_minutes, rules.plan_b_minutes, rules.reminder_minutes) == (20, 0, 90)
    assert (rules.code_word, rules.regions) == (True, ("Austria", "Bavaria"))
    shown = await nour.get(PLACE)
    assert 'value="1.5"' in shown.text
    assert shown.field("regions") == "Austria\nBavaria"
    again = await nour.submit(PLACE, f"{PLACE}/sessions", **said)
    assert again.status == 303
    for wrong in (
        {"grace": "x"},
        {"grace": "121"},
        {"reminder": "-1"},
        {"reminder": "nan"},
        {"regions": "x" * 81},
    ):
        refused = await nour.submit(PLACE, f"{PLACE}/sessions", **(said | wrong))
        assert refused.status == 422
        assert "mistake" in refused.text


async def test_what_mail_is_called_is_the_practices_own(people: Cast, nour: Visitor) -> None:
    kept = await nour.submit(PLACE, f"{PLACE}/mail", mail_name=" Linde ", mail_subject="Neues für dich")
    assert kept.place == f"{PLACE}?done=mail"
    practice = await practice_of(people)
    assert (practice.sender, practice.mail_subject) == ("Linde", "Neues für dich")
    for wrong in ({"mail_name": "x" * 81}, {"mail_subject": "a\x00b"}):
        assert (await nour.submit(PLACE, f"{PLACE}/mail", **wrong)).status == 422
    assert (await nour.submit(PLACE, f"{PLACE}/mail", mail_name="", mail_subject="")).status == 303
    practice = await practice_of(people)
    assert (practice.sender, practice.mail_subject) == (practice.name, None)
