"""A session every week: at the same time on the wall, whatever clocks do; all of them or none."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import KeyReused, Malformed, NotFound, TimeTaken
from messaging.messages import EventName
from messaging.sessions.booking import book, book_series, cancel
from messaging.sessions.repeating import MOST, WEEKS, Repeat, Weekly, checked_repeat, times
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import HOUR, by, owed, told, tomorrow

VIENNA = ZoneInfo("Europe/Vienna")


def test_the_clock_shows_the_same_time_when_summer_ends() -> None:
    found = times(datetime(2026, 10, 13, 16, tzinfo=UTC), Repeat(1, 4), VIENNA)
    assert [f"{one.astimezone(VIENNA):%d %H:%M}" for one in found] == [
        "13 18:00",
        "20 18:00",
        "27 18:00",
        "03 18:00",
    ]
    assert [one.hour for one in found] == [16, 16, 17, 17]


def test_a_time_that_does_not_exist_is_refused_by_its_day() -> None:
    with pytest.raises(Malformed, match=r"2027-03-28.*02:30"):
        times(datetime(2027, 3, 21, 1, 30, tzinfo=UTC), Repeat(1, 2), VIENNA)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    found = times(datetime(2026, 10, 18, 0, 30, tzinfo=UTC), Repeat(1, 3), VIENNA)
    assert found[1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(st.integers(1, WEEKS), st.integers(1, MOST), st.integers(0, 5000))
def test_every_one_is_so_many_weeks_later_on_the_wall(weeks: int, count: int, day: int) -> None:
    starts = (datetime(2026, 1, 1, 12, tzinfo=VIENNA) + timedelta(days=day)).astimezone(
        UTC
    )  # at noon no clock changes there
    shown = [
        one.astimezone(VIENNA).replace(tzinfo=None) for one in times(starts, Repeat(weeks, count), VIENNA)
    ]
    assert len(shown) == count
    assert {b - a for a, b in pairwise(shown)} <= {timedelta(weeks=weeks)}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"weeks": 1},
        {"weeks": 0, "count": 3},
        {"weeks": 13, "count": 3},
        {"weeks": 1, "count": 53},
        {"weeks": True, "count": 3},
        {"weeks": "1", "count": 3},
        {"weeks": 1, "count": 3, "until": "2027"},
        [1, 3],
    ],
)
def test_what_is_no_repeat_is_refused(said: object) -> None:
    with pytest.raises(Malformed, match="repeat"):
        checked_repeat(said)


def test_the_longest_that_is_taken_ends_two_years_on() -> None:
    assert checked_repeat({"weeks": 4, "count": 27}) == Repeat(4, 27)
    with pytest.raises(Malformed, match="104 weeks"):
        checked_repeat({"weeks": 4, "count": 28})


async def test_all_are_booked_and_told_once_however_often_they_are_asked_for(cast: Cast) -> None:
    held, key, wish = await by(cast, "mira", "ruth"), uuid4(), Weekly(tomorrow(), 50, Repeat(2, 3))
    both = await asyncio.gather(*(book_series(cast.office, held, wish, key) for _ in range(3)))
    assert both[0] == both[1] == both[2]
    assert len(both[0]) == 3
    assert [event for event, _ in await told(cast)] == [EventName.SESSION_BOOKED] * 3
    assert await owed(cast) == ["ruth"] * 3
    with pytest.raises(KeyReused):
        await book_series(cast.office, held, Weekly(tomorrow(), 50, Repeat(2, 4)), key)


async def test_one_that_is_not_free_is_named_and_none_is_booked(cast: Cast) -> None:
    taken = tomorrow() + timedelta(weeks=2)
    other = await book(cast.office, await by(cast, "mira", "linden"), taken, 50)
    held, wish = await by(cast, "mira", "ruth"), Weekly(tomorrow(0.5), 50, Repeat(1, 4))
    zone = ZoneInfo(cast.practice.time_zone)
    with pytest.raises(TimeTaken, match=f"{(taken + HOUR / 2).astimezone(zone):%Y-%m-%d %H:%M}"):
        await book_series(cast.office, held, wish)
    assert await told(cast) == []
    await cancel(cast.office, await by(cast, "mira", "linden"), other)
    assert len(await book_series(cast.office, held, wish)) == 4


async def test_clients_book_no_series(cast: Cast) -> None:
    held = await by(cast, "ruth", "ruth", Deed.BOOK)
    with pytest.raises(NotFound):
        await book_series(cast.office, held, Weekly(tomorrow(), 50, Repeat(1, 2)))
