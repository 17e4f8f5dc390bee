"""The promise: computed in the practice's zone, right across daylight-saving changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.conversations import AnswerRule
from messaging.leaving.promises import promised_by

VIENNA = ZoneInfo("Europe/Vienna")
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
    ],
)
def test_a_letter_is_answered_by_the_agreed_hour(rule: AnswerRule, received: datetime, due: datetime) -> None:
    assert promised_by(rule, received.astimezone(UTC), VIENNA) == due


def test_the_hour_stays_the_same_when_the_clocks_change() -> None:
    before = promised_by(THURSDAYS, vienna(2026, 3, 23, 12), VIENNA).astimezone(VIENNA)
    after = promised_by(THURSDAYS, vienna(2026, 3, 30, 12), VIENNA).astimezone(VIENNA)
    assert (before.hour, after.hour) == (18, 18)
    assert before.utcoffset() != after.utcoffset()


@given(
    st.integers(0, 700 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    st.sampled_from([None, 0, 3, 6]),
)
def test_a_promise_is_never_less_than_a_day_nor_more_than_eight_days_away(
    received: datetime, weekday: int | None
) -> None:
    wait = promised_by(AnswerRule(weekday), received, VIENNA) - received
    assert 23 <= wait.total_seconds() / 3600 <= 8 * 24 + 1
