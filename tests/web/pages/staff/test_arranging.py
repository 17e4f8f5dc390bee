"""Arranging on pages, without a script: put aside, labels, who answers; and what the inbox shows of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from messaging.errors import Malformed
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.pages.staff.arranging import Snooze, until_of

VIENNA: Final = ZoneInfo("Europe/Vienna")


async def submit(visitor: Visitor, cast: Cast, form: str, **fields: str) -> None:
    place = f"/c/{cast.conversation('ruth')}/arrange"
    shown = await visitor.get(place)
    key = shown.hidden(f"{place}/{form}")["key"]
    answer = await visitor.post(f"{place}/{form}", {"key": key, **fields})
    assert (answer.status, answer.place) == (303, f"{place}?done={form}")


async def test_put_aside_a_row_is_out_of_sight_until_it_is_wanted_back(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    mira, row = visitor(), f'id="row-{people.conversation("ruth")}"'
    await mira.enter(people, "mira")
    assert row in (await mira.get("/inbox")).text
    await submit(mira, people, "snooze", when="tomorrow")
    shown = (await mira.get("/inbox")).text
    assert row not in shown
    assert 'href="/inbox?more=aside-100"' in shown
    assert "data-wakes=" in shown, "an open page looks again then"
    aside = await mira.get("/inbox?more=aside-100")
    assert row in aside.text
    assert "aside until" in aside.words
    await submit(mira, people, "snooze", when="back")
    assert row in (await mira.get("/inbox")).text


async def test_a_letter_that_waits_is_in_sight_whatever_was_wished(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    mira, ruth, row = visitor(), visitor(), f'id="row-{people.conversation("ruth")}"'
    await mira.enter(people, "mira")
    await ruth.enter(people, "ruth")
    await submit(mira, people, "snooze", when="monday")
    assert row not in (await mira.get("/inbox")).text
    write = "/me/letters/write"
    assert (await ruth.submit(write, write, text="Just one thing.")).status == 303
    assert row in (await mira.get("/inbox")).text
    await submit(mira, people, "snooze", when="monday")
    shown = await mira.get("/inbox")
    assert row in shown.text, "a promise runs"
    assert "it stays in your inbox" in (await mira.get(f"/c/{people.conversation('ruth')}/arrange")).words


async def test_labels_and_who_answers_stand_in_the_row_and_sift_the_list(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    mira = visitor()
    await mira.enter(people, "mira")
    assert 'class="sieve"' not in (await mira.get("/inbox")).text, "nothing to sift by"
    await submit(mira, people, "labels", labels="Thursdays, after the move,")
    await submit(mira, people, "assign", to=str(people["mira"].id))
    shown = await mira.get("/inbox")
    assert "yours to answer" in shown.words
    mark = shown.text.split(">after the move</option>")[0].rpartition('value="')[2].rstrip('"')
    assert mark.isalnum()
    for query in (f"label={mark}", "who=me"):
        sifted = (await mira.get(f"/inbox?{query}")).text
        assert [name in sifted for name in map(row_of(people), ("ruth", "linden", "ben"))] == [
            True,
            False,
            False,
        ]
    sifted = (await mira.get("/inbox?who=nobody")).text
    assert row_of(people)("ruth") not in sifted
    assert row_of(people)("linden") in sifted


def row_of(people: Cast) -> Callable[[str], str]:
    return lambda name: f'id="row-{people.conversation(name)}"'


async def test_what_cannot_be_meant_is_said_beside_its_form(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    mira, place = visitor(), f"/c/{people.conversation('ruth')}/arrange"
    await mira.enter(people, "mira")
    key = (await mira.get(place)).hidden(f"{place}/labels")["key"]
    wrong = {
        "labels": {"labels": "x" * 60},
        "snooze": {"when": "day", "day": "yesterday"},
        "assign": {"to": str(people["eli"].id)},
    }
    for form, fields in wrong.items():
        answer = await mira.post(f"{place}/{form}", {"key": key, **fields})
        assert answer.status == 422, form
        assert 'class="mistake"' in answer.text
    assert (await mira.post(f"{place}/snooze", {"key": key})).status == 422
    eli = visitor()
    await eli.enter(people, "eli")
    for form in wrong:
        assert (await eli.post(f"{place}/{form}", {"key": key})).status == 404


@pytest.mark.parametrize(
    ("now", "when", "until"),
    [
        ("2026-11-30 10:20", Snooze.LATER, "2026-11-30 13:00"),
        ("2026-11-30 10:20", Snooze.TOMORROW, "2026-12-01 09:00"),
        ("2026-11-30 10:20", Snooze.MONDAY, "2026-12-07 09:00"),
        ("2026-11-29 23:50", Snooze.MONDAY, "2026-11-30 09:00"),
        ("2026-10-24 12:00", Snooze.TOMORROW, "2026-10-25 09:00"),
    ],
)
def test_moments_are_those_of_the_practices_clock(now: str, when: Snooze, until: str) -> None:
    here = datetime.fromisoformat(now).replace(tzinfo=VIENNA)
    assert until_of({"when": when}, here) == datetime.fromisoformat(until).replace(tzinfo=VIENNA)
    assert until_of({"when": when}, here) > here.astimezone(UTC)  # type: ignore[operator]


def test_a_day_is_its_morning_and_back_is_no_moment() -> None:
    now = datetime(2026, 11, 30, 10, tzinfo=VIENNA)
    assert until_of({"when": "day", "day": "2026-12-24"}, now) == datetime(2026, 12, 24, 9, tzinfo=VIENNA)
    assert until_of({"when": "back"}, now) is None
    for wrong in ({}, {"when": "x"}, {"when": "day"}, {"when": "day", "day": "9999-01-01"}):
        with pytest.raises(Malformed):
            until_of(wrong, now)
    assert until_of({"when": "later"}, now) - now == timedelta(hours=3)  # type: ignore[operator]
