"""Quiet hours: what would be told in them is told at their end, by the clock of whoever sleeps; never sooner than wished."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import Malformed
from messaging.ids import PersonId, PracticeId
from messaging.leaving.quiet import checked_quiet, rest_for
from messaging.people import Person, Practice, QuietHours, Role

VIENNA = ZoneInfo("Europe/Vienna")
LINDE = Practice(PracticeId(UUID(int=1)), "linde", "Haus Linde", "Europe/Vienna")
NIGHT = QuietHours(time(21), time(7))
NOON = QuietHours(time(12), time(13, 30))


def mira(quiet: QuietHours | None, zone: str | None = None) -> Person:
    return Person(LINDE.id, PersonId(UUID(int=2)), Role.THERAPIST, "", time_zone=zone, quiet=quiet)


def vienna(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIENNA)


@pytest.mark.parametrize(
    ("quiet", "at", "told"),
    [
        (None, vienna(3, 23), vienna(3, 23, 15)),
        (NIGHT, vienna(3, 20, 40), vienna(3, 20, 55)),
        (NIGHT, vienna(3, 20, 50), vienna(4, 7)),
        (NIGHT, vienna(3, 23), vienna(4, 7)),
        (NIGHT, vienna(4, 3), vienna(4, 7)),
        (NIGHT, vienna(4, 6, 50), vienna(4, 7, 5)),
        (NOON, vienna(4, 12), vienna(4, 13, 30)),
        (NOON, vienna(4, 14), vienna(4, 14, 15)),
        (NIGHT, vienna(24, 23, month=10), vienna(25, 7, month=10)),
        (NIGHT, datetime(2026, 3, 28, 23, tzinfo=VIENNA), datetime(2026, 3, 29, 7, tzinfo=VIENNA)),
    ],
    ids=[
        "none",
        "before",
        "into it",
        "in it",
        "after midnight",
        "at its end",
        "noon",
        "past noon",
        "back",
        "forward",
    ],
)
def test_what_is_told(quiet: QuietHours | None, at: datetime, told: datetime) -> None:
    rest = rest_for(LINDE, mira(quiet), at.astimezone(UTC), timedelta(minutes=15))
    assert at.astimezone(UTC) + rest == told.astimezone(UTC)


def test_by_their_own_clock() -> None:
    at = datetime(2026, 11, 3, 12, tzinfo=UTC)  # nine in the evening in Tokyo
    assert rest_for(LINDE, mira(NIGHT, "Asia/Tokyo"), at, timedelta()) == timedelta(hours=10)
    assert rest_for(LINDE, mira(NIGHT), at, timedelta()) == timedelta()


times = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@given(
    st.integers(0, 400 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    times,
    times,
    st.integers(0, 24 * 60),
    st.sampled_from(["Europe/Vienna", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_never_sooner_than_wished_and_at_most_a_day_and_an_hour_later(
    at: datetime, begins: time, ends: time, after: int, zone: str
) -> None:
    wished = timedelta(minutes=after)
    rest = rest_for(LINDE, mira(QuietHours(begins, ends), zone), at, wished)
    assert wished <= rest <= wished + timedelta(hours=25)


@pytest.mark.parametrize(
    ("begins", "ends"), [("21:00", "21:00"), ("", "07:00"), ("21", "7"), (None, None), (1, 2)]
)
def test_what_are_no_hours(begins: object, ends: object) -> None:
    with pytest.raises(Malformed):
        checked_quiet(begins, ends)
