"""The promise: computed in the practice's zone, right across daylight-saving changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.conversations import AnswerRule
from messaging.ids import PracticeId
from messaging.leaving.promises import promised_by
from messaging.people import Practice

VIENNA = ZoneInfo("Europe/Vienna")
PRACTICE = Practice(PracticeId(UUID(int=1)), "linde", "Haus Linde", "Europe/Vienna")
THURSDAYS = AnswerRule(weekday=3, by=time(18))


def vienna(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIENNA)


@pytest.mark.parametrize(
    ("rule", "received", "due"),
    [
        (THURSDAYS, vienna(2026, 11, 22, 21, 10), vienna(2026, 11, 26, 18)),
        (THURSDAYS, vienna(2026, 11, 25, 17, 59), vienna(2026, 11, 26, 18)),
        (THURSDAYS, vienna(2026, 11, 25, 18, 1), vienna(2026, 12, 3, 18)),
        (THURSDAYS, vienna(2026, 11, 26, 9, 0), vienna(2026, 12, 3, 18)),
        (AnswerRule(), vienna(2026, 11, 20, 9, 0), vienna(2026, 11, 24, 18)),
        (AnswerRule(), vienna(2026, 11, 21, 9, 0), vienna(2026, 11, 24, 18)),
        (AnswerRule(), vienna(2026, 11, 23, 9, 0), vienna(2026, 11, 25, 18)),
        (AnswerRule(days=1), vienna(2026, 11, 23, 17, 59), vienna(2026, 11, 24, 18)),
        (AnswerRule(days=1), vienna(2026, 11, 23, 18, 1), vienna(2026, 11, 25, 18)),
        (AnswerRule(days=1), vienna(2026, 11, 20, 18, 1), vienna(2026, 11, 23, 18)),
        (AnswerRule(days=1), vienna(2026, 11, 22, 18, 1), vienna(2026, 11, 24, 18)),
        (AnswerRule(None, time(9), 1), vienna(2026, 11, 23, 23, 50), vienna(2026, 11, 25, 9)),
    ],
)
def test_a_letter_is_answered_by_the_agreed_hour(rule: AnswerRule, received: datetime, due: datetime) -> None:
    assert promised_by(rule, received.astimezone(UTC), PRACTICE) == due


def test_the_hour_stays_the_same_when_the_clocks_change() -> None:
    before = promised_by(THURSDAYS, vienna(2026, 3, 23, 12), PRACTICE).astimezone(VIENNA)
    after = promised_by(THURSDAYS, vienna(2026, 3, 30, 12), PRACTICE).astimezone(VIENNA)
    assert (before.hour, after.hour) == (18, 18)
    assert before.utcoffset() != after.utcoffset()


@given(
    st.integers(0, 700 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    st.sampled_from([None, 0, 3, 6]),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.integers(1, 3),
)
def test_a_promise_is_never_less_than_a_day_nor_more_than_eight_days_away(
    received: datetime, weekday: int | None, by: time, days: int
) -> None:
    wait = promised_by(AnswerRule(weekday, by, days), received, PRACTICE) - received
    assert 23 <= wait.total_seconds() / 3600 <= 8 * 24 + 1


XMAS = replace(
    PRACTICE,
    holidays={date(2026, 12, 24): "", date(2026, 12, 25): "", date(2026, 12, 26): "", date(2027, 1, 1): ""},
)
"""The 24th is a Thursday, the 25th a Friday, the 26th a Saturday; the first of January a Friday."""


@pytest.mark.parametrize(
    ("rule", "received", "due"),
    [
        (AnswerRule(days=2), vienna(2026, 12, 23, 9), vienna(2026, 12, 29, 18)),
        (AnswerRule(days=1), vienna(2026, 12, 31, 9), vienna(2027, 1, 4, 18)),
        (THURSDAYS, vienna(2026, 12, 20, 9), vienna(2026, 12, 28, 18)),
        (THURSDAYS, vienna(2026, 12, 27, 9), vienna(2026, 12, 31, 18)),
        (AnswerRule(weekday=5), vienna(2026, 12, 21, 9), vienna(2026, 12, 28, 18)),
        (AnswerRule(weekday=5), vienna(2026, 12, 14, 9), vienna(2026, 12, 19, 18)),
    ],
    ids=[
        "over Christmas",
        "over New Year",
        "its day is one",
        "its day is none",
        "a Saturday that is one",
        "a Saturday",
    ],
)
def test_nothing_is_promised_for_a_holiday(rule: AnswerRule, received: datetime, due: datetime) -> None:
    assert promised_by(rule, received, XMAS) == due


def test_a_practice_that_works_on_other_days_counts_those() -> None:
    weekend = replace(PRACTICE, workdays=(5, 6))
    assert promised_by(AnswerRule(days=3), vienna(2026, 11, 20, 9), weekend) == vienna(2026, 11, 28, 18)


@given(
    st.integers(0, 700 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    st.sampled_from([None, 0, 3, 6]),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.dates(date(2026, 1, 1), date(2028, 1, 1)), max_size=40),
    st.integers(1, 3),
)
def test_holidays_only_ever_give_more_time_and_end_some_day(
    received: datetime, weekday: int | None, workdays: set[int], closed: set[date], days: int
) -> None:
    works = replace(PRACTICE, workdays=tuple(sorted(workdays)))
    with_holidays = replace(works, holidays=dict.fromkeys(closed, ""))
    rule = AnswerRule(weekday, days=days)
    assert promised_by(rule, received, works) <= promised_by(rule, received, with_holidays)
