"""The calendar of a clinician and the sessions of a client, through the real pages, without scripts."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from messaging.conversations import Session, SessionState
from messaging.memory.bookings import Slot
from messaging.sessions.booking import book, take
from messaging.sessions.offering import Range, offer
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.messaging.sessions.booked import STARTED
from tests.web.visitor import Answer, Visitor

VIENNA = ZoneInfo("Europe/Vienna")
PLACE, MINE = "/calendar", "/me/sessions"


def day_ahead(days: int = 3) -> datetime:
    """Ten in the morning in the practice, some days ahead."""
    at = STARTED.astimezone(VIENNA) + timedelta(days=days)
    return at.replace(hour=10, minute=0, second=0, microsecond=0)


def change_ahead(*, spring: bool, zone: ZoneInfo = VIENNA) -> datetime:
    """The last hour before the clocks change the next time, on the wall."""
    hour = STARTED + timedelta(days=1)
    while True:
        before, after = (one.astimezone(zone).utcoffset() for one in (hour, hour + timedelta(hours=1)))
        if before is not None and after is not None and (after > before if spring else after < before):
            return hour.astimezone(zone)
        hour += timedelta(hours=1)


def when(at: datetime, minutes: int = 50) -> dict[str, str]:
    return {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", "minutes": str(minutes)}


async def sessions_of(people: Cast, name: str) -> list[Session]:
    return await people.office.memory.sessions.of_conversation(
        errand(people.practice.id, people.conversation(name), Work.KEEPING_TIME), 50
    )


async def booked(people: Cast, name: str, at: datetime) -> Session:
    held, _ = await people.enter("mira", name, Deed.HOLD_SESSION)
    return await book(people.office, held, at, 50)


async def offered(people: Cast, hours: int = 2) -> list[Slot]:
    return await offer(
        people.office, people["mira"], Range(day_ahead(), day_ahead() + timedelta(hours=hours), 50, 10)
    )


async def book_by_form(people: Cast, browser: Visitor, name: str, fields: dict[str, str]) -> Answer:
    conversation = str(people.conversation(name))
    return await browser.submit(PLACE, f"{PLACE}/sessions", conversation=conversation, **fields)


async def test_a_clinician_books_moves_and_cancels(people: Cast, mira: Visitor, ruth: Visitor) -> None:
    sent = await book_by_form(people, mira, "ruth", when(day_ahead()))
    (session,) = await sessions_of(people, "ruth")
    assert (sent.status, sent.place) == (303, f"{PLACE}?done=booked#s-{session.id}")
    assert (session.starts, session.minutes) == (day_ahead(), 50)
    shown = (await mira.get(sent.place)).words
    assert "The session is booked." in shown
    assert re.search(r"10:00 – 10:50 Ruth 50 minutes", shown)
    assert "10:00" in (await ruth.get(MINE)).words
    place = f"{PLACE}/sessions/{session.id}"
    moved = await mira.submit(PLACE, f"{place}/move", **when(day_ahead(4), 80))
    assert moved.status == 303, moved.words
    assert "10:00 – 11:20 Ruth 80 minutes" in (await mira.get(PLACE)).words
    gone = await mira.submit(PLACE, f"{place}/cancel")
    assert gone.place == f"{PLACE}?done=cancelled"
    assert "Ruth cancelled" in (await mira.get(PLACE)).words
    assert "No session is booked." in (await ruth.get(MINE)).words


async def test_a_form_sent_twice_books_once_and_with_another_time_is_refused(
    people: Cast, mira: Visitor
) -> None:
    fields = (await mira.get(PLACE)).hidden(f"{PLACE}/sessions")
    fields |= {"conversation": str(people.conversation("ruth")), **when(day_ahead())}
    for _ in range(2):
        assert (await mira.post(f"{PLACE}/sessions", fields)).status == 303
    assert len(await sessions_of(people, "ruth")) == 1
    other = await mira.post(f"{PLACE}/sessions", fields | when(day_ahead(5)))
    assert other.status == 409
    assert "booked from this page already" in other.words
    assert len(await sessions_of(people, "ruth")) == 1


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        (when(datetime(2020, 1, 1, 10, tzinfo=UTC)), 422, "in the future"),
        (when(datetime(2199, 1, 1, 10, tzinfo=UTC)), 422, "look at the year"),
        (when(day_ahead(), 300), 422, "5 to 240 minutes"),
        ({"day": "soon", "time": "10:00", "minutes": "50"}, 422, "give a day and a time"),
        ({"day": "2026-02-30", "time": "10:00", "minutes": "50"}, 422, "no such day"),
        (when(day_ahead()) | {"minutes": "long"}, 422, "length in minutes"),
    ],
    ids=["past", "far", "long", "no-day", "no-such-day", "no-number"],
)
async def test_what_cannot_be_booked_comes_back_as_it_was_filled_in(
    people: Cast, mira: Visitor, fields: dict[str, str], status: int, words: str
) -> None:
    answer = await book_by_form(people, mira, "ruth", fields)
    assert answer.status == status
    assert words in answer.words
    assert f'value="{fields["day"]}"' in answer.text
    assert f'<option value="{people.conversation("ruth")}" selected>' in answer.text
    assert await sessions_of(people, "ruth") == []


async def test_an_hour_that_is_taken_is_refused_without_a_name(people: Cast, mira: Visitor) -> None:
    await booked(people, "linden", day_ahead())
    answer = await book_by_form(people, mira, "ruth", when(day_ahead()))
    assert answer.status == 409
    mistake = re.search(r'<p class="mistake"[^>]*>([^<]*)<', answer.text)
    assert mistake is not None
    assert mistake[1] == "Another session is booked at that time."


async def test_the_hour_that_spring_skips_cannot_be_booked(people: Cast, mira: Visitor) -> None:
    gap = change_ahead(spring=True).replace(tzinfo=None) + timedelta(minutes=90)
    answer = await book_by_form(people, mira, "ruth", when(gap))
    assert answer.status == 422
    assert "put forward, and this time does not exist" in answer.words


@pytest.mark.parametrize("second", ["0", "1"])
async def test_the_hour_that_autumn_repeats_is_asked_about(people: Cast, mira: Visitor, second: str) -> None:
    first = change_ahead(spring=False).replace(minute=30, fold=0)
    asked = await book_by_form(people, mira, "ruth", when(first))
    assert asked.status == 422
    assert "comes twice" in asked.words
    assert f"{first:%H:%M} (UTC+02:00)" in asked.words
    assert f"{first:%H:%M} (UTC+01:00)" in asked.words
    hidden = asked.hidden(f"{PLACE}/sessions") | {"conversation": str(people.conversation("ruth"))}
    sent = await mira.post(f"{PLACE}/sessions", hidden | when(first) | {"second": second})
    assert sent.status == 303, sent.words
    (session,) = await sessions_of(people, "ruth")
    assert session.starts == first.astimezone(UTC) + int(second) * timedelta(hours=1)
    offset = "+01:00" if second == "1" else "+02:00"
    assert f"{first:%H:%M} (UTC{offset})" in (await mira.get(PLACE)).words


async def test_times_are_offered_taken_by_one_and_withdrawn(
    people: Cast, mira: Visitor, ruth: Visitor
) -> None:
    at = day_ahead()
    fields = when(at) | {"until": f"{at + timedelta(hours=3):%H:%M}", "pause": "10"}
    assert (await mira.submit(PLACE, f"{PLACE}/slots", **fields)).place == f"{PLACE}?done=offered"
    free = await ruth.get(MINE)
    times = re.findall(r'name="time" value="([^"]+)"', free.text)
    assert len(times) == 3
    taken = await ruth.submit(MINE, MINE, time=times[0])
    assert (taken.status, taken.place) == (303, f"{MINE}?done=booked")
    assert "Your session is booked." in (await ruth.get(taken.place)).words
    shown = await mira.get(PLACE)
    assert "10:00 – 10:50 Ruth" in shown.words
    assert shown.words.count("offered, 50 minutes") == 2
    slot = times[1].partition("/")[0]
    assert (await mira.submit(PLACE, f"{PLACE}/slots/{slot}/withdraw")).status == 303
    late = await ruth.post(MINE, (await ruth.get(MINE)).hidden(MINE) | {"time": times[1]})
    assert late.status == 409
    assert "not free any more" in late.words


async def test_two_clients_press_at_once_and_one_is_told_in_words(
    people: Cast, ruth: Visitor, visitor: "type[Visitor]"
) -> None:
    linden = visitor()  # type: ignore[call-arg]  # the fixture is a maker of visitors
    await linden.enter(people, "linden")
    (slot, *_) = await offered(people)
    answers = await asyncio.gather(
        ruth.submit(MINE, MINE, time=f"{slot.id}/{people.conversation('ruth')}"),
        linden.submit(MINE, MINE, time=f"{slot.id}/{people.conversation('linden')}"),
    )
    assert sorted(one.status for one in answers) == [303, 409]
    refused = next(one for one in answers if one.status == 409)
    assert "This time is not free any more" in refused.words


async def test_a_client_moves_cancels_and_takes_a_file_for_their_calendar(
    people: Cast, ruth: Visitor
) -> None:
    first, second = await offered(people)
    held, _ = await people.enter("ruth", "ruth", Deed.BOOK)
    session = await take(people.office, held, first.id)
    place = f"{MINE}/{session.id}"
    file = await ruth.get(f"{place}/appointment.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(file.raw).walk("VEVENT")
    assert str(event["UID"]).startswith(str(session.id))
    assert b"Mira" not in file.raw
    moved = await ruth.submit(MINE, f"{place}/move", time=f"{second.id}/{people.conversation('ruth')}")
    assert moved.place == f"{MINE}?done=moved"
    assert "11:00" in (await ruth.get(MINE)).words
    assert (await ruth.submit(MINE, f"{place}/cancel")).place == f"{MINE}?done=cancelled"
    again = await ruth.post(f"{place}/cancel", {"key": "x"})
    assert (again.status, "cancelled already" in again.words) == (409, True)
    assert (await ruth.get(f"{place}/appointment.ics")).status == 404


async def test_nobody_came_is_said_after_the_grace(people: Cast, mira: Visitor) -> None:
    session = await booked(people, "ruth", people.office.clock() + timedelta(seconds=1))
    action = f"{PLACE}/sessions/{session.id}/missed"
    assert action not in (await mira.get(PLACE)).text
    early = await mira.post(action, {"key": "x"})
    assert early.status == 409
    house = people.house
    ahead = house.office.clock() + timedelta(minutes=20)
    house.office = replace(house.office, clock=lambda: ahead)
    assert (await mira.submit(PLACE, action)).place == f"{PLACE}?done=missed"
    (found,) = await sessions_of(people, "ruth")
    assert found.state is SessionState.MISSED


async def test_others_sessions_and_pages_are_not_there(people: Cast, mira: Visitor, ruth: Visitor) -> None:
    session = await booked(people, "linden", day_ahead())
    for answer in (
        await ruth.get(PLACE),
        await mira.get(MINE),
        await ruth.post(f"{MINE}/{session.id}/cancel", {"key": "x"}),
        await ruth.get(f"{MINE}/{session.id}/appointment.ics"),
        await ruth.post(f"{PLACE}/sessions/{session.id}/cancel", {"key": "x"}),
        await ruth.post(MINE, {"time": "x/y", "key": "x"}),
        await mira.post(f"{PLACE}/slots/none/withdraw", {"key": "x"}),
    ):
        assert answer.status == 404
    assert "Linden" not in (await ruth.get(MINE)).words


async def test_the_past_week_and_what_is_far_ahead_are_folded(people: Cast, mira: Visitor) -> None:
    await booked(people, "ruth", day_ahead(30))
    shown = await mira.get(PLACE)
    assert "After two weeks" in shown.words
    assert "Nothing today." in shown.words
    assert 'href="/calendar" aria-current="page"' in shown.text
