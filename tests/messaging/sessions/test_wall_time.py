"""What stands on the form is a clock on the wall; what is booked is a moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import Malformed
from messaging.sessions.wall_time import moment, moments, wall_time

BERLIN, NEW_YORK, KOLKATA = (ZoneInfo(z) for z in ("Europe/Berlin", "America/New_York", "Asia/Kolkata"))


def said(text: str, zone: ZoneInfo) -> list[str]:
    day, time = text.split()
    return [f"{one:%Y-%m-%d %H:%M}" for one in moments(wall_time(day, time), zone)]


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-10-24 18:00", BERLIN, "2026-10-24 16:00"),
        ("2026-10-25 18:00", BERLIN, "2026-10-25 17:00"),
        ("2027-03-27 18:00", BERLIN, "2027-03-27 17:00"),
        ("2027-03-28 18:00", BERLIN, "2027-03-28 16:00"),
        ("2026-10-31 09:00", NEW_YORK, "2026-10-31 13:00"),
        ("2026-11-01 09:00", NEW_YORK, "2026-11-01 14:00"),
        ("2027-03-14 09:00", NEW_YORK, "2027-03-14 13:00"),
        ("2026-10-25 18:00", KOLKATA, "2026-10-25 12:30"),
        ("2027-03-28 02:30", KOLKATA, "2027-03-27 21:00"),
    ],
)
def test_six_in_the_evening_is_six_in_the_evening_on_both_sides_of_a_change(
    text: str, zone: ZoneInfo, utc: str
) -> None:
    assert said(text, zone) == [utc]


@pytest.mark.parametrize(
    ("text", "zone", "both"),
    [
        ("2026-10-25 02:00", BERLIN, ["2026-10-25 00:00", "2026-10-25 01:00"]),
        ("2026-10-25 02:59", BERLIN, ["2026-10-25 00:59", "2026-10-25 01:59"]),
        ("2026-11-01 01:30", NEW_YORK, ["2026-11-01 05:30", "2026-11-01 06:30"]),
    ],
)
def test_the_hour_that_autumn_repeats_is_two_moments(text: str, zone: ZoneInfo, both: list[str]) -> None:
    assert said(text, zone) == both
    shown = wall_time(*text.split())
    assert f"{moment(shown, zone):%Y-%m-%d %H:%M}" == both[0]
    assert f"{moment(shown, zone, second=True):%Y-%m-%d %H:%M}" == both[1]


@pytest.mark.parametrize(
    ("text", "zone"),
    [("2027-03-28 02:00", BERLIN), ("2027-03-28 02:59", BERLIN), ("2027-03-14 02:30", NEW_YORK)],
)
def test_the_hour_that_spring_skips_is_refused_in_plain_words(text: str, zone: ZoneInfo) -> None:
    assert said(text, zone) == []
    with pytest.raises(Malformed, match="does not exist"):
        moment(wall_time(*text.split()), zone)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("2027-03-28 03:00", BERLIN), ("2026-10-25 03:00", BERLIN), ("2026-10-25 01:59", BERLIN)],
)
def test_the_edges_of_the_changed_hour_are_ordinary(text: str, zone: ZoneInfo) -> None:
    assert len(said(text, zone)) == 1


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - a clock on the wall has no zone
    st.sampled_from(
        [BERLIN, NEW_YORK, KOLKATA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca")]
    ),
)
def test_every_moment_found_is_shown_as_it_was_asked_for(shown: datetime, zone: ZoneInfo) -> None:
    shown = shown.replace(second=0, microsecond=0)
    found = moments(shown, zone)
    assert list(found) == sorted(set(found))
    for one in found:
        assert one.tzinfo is UTC
        assert one.astimezone(zone).replace(tzinfo=None) == shown
    for near in (shown.replace(tzinfo=UTC) + timedelta(minutes=m) for m in range(-16 * 60, 16 * 60, 30)):
        assert near in found or near.astimezone(zone).replace(tzinfo=None) != shown, "none is missed"


@pytest.mark.parametrize(
    "text",
    ["2026-02-30 10:00", "2026-13-01 10:00", "2026-01-01 24:00", "2026-1-1 10:00", "26-01-01 10:00", "x y",
     "2026-01-01 10:00:30", "٢٠٢٦-01-01 10:00"],
)  # fmt: skip
def test_what_is_no_day_or_time_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        wall_time(*text.split())
