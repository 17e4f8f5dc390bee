"""Minutes kept free, notice and calling off late: held by the same law as no time given twice, whoever books."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from messaging.conversations import Session, SessionState
from messaging.errors import Malformed, NotFound, TimeTaken
from messaging.facts import as_texts
from messaging.inbox.listing import inbox
from messaging.memory.bookings import Former, Margins
from messaging.record.reading import entries_after
from messaging.sessions.booking import book, book_series, cancel, move, restore, take
from messaging.sessions.margins import checked_margins, margins_of, set_margins
from messaging.sessions.offering import Range, free_for, offer
from messaging.sessions.repeating import Repeat, Weekly
from messaging.sessions.rules import set_rules
from tests.cast import Cast
from tests.messaging.sessions.booked import HOUR, by, office_at, slots, tomorrow

CHANGES = (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC))
"""When the clocks of the practice change: forward, and back."""


def fits(wanted: tuple[datetime, datetime], booked: list[tuple[datetime, datetime]], gap: timedelta) -> bool:
    """The law, as one would say it: from each end to the next start there is the gap."""
    return all(wanted[0] >= ends + gap or starts >= wanted[1] + gap for starts, ends in booked)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("margins", [{"before": 10, "after": 15}, {"before": 0, "after": 0}])
async def test_whatever_is_booked_lies_as_far_apart_as_was_said(
    cast: Cast, change: datetime, margins: dict[str, int]
) -> None:
    await set_margins(cast.office, cast["mira"], margins)
    gap, chance = timedelta(minutes=sum(margins.values())), Random(change.isoformat())
    ways = [await by(cast, "mira", name) for name in ("ruth", "linden", "ben")]
    booked: dict[Session, tuple[datetime, datetime]] = {}
    for _ in range(40):
        starts = change + timedelta(minutes=5 * chance.randint(-72, 72))
        wanted = (starts, starts + timedelta(minutes=(length := chance.choice((25, 50, 80)))))
        moving = chance.choice([*booked]) if booked and chance.random() < 0.3 else None
        others = [times for one, times in booked.items() if one != moving]
        held = chance.choice(ways)
        if moving is not None:
            held = next(one for one in ways if one.conversation == moving.conversation)
        try:
            made = await (
                move(cast.office, held, moving, starts, length)
                if moving
                else book(cast.office, held, starts, length)
            )
        except TimeTaken:
            assert not fits(wanted, others, gap)
            continue
        assert fits(wanted, others, gap)
        if moving is not None:
            del booked[moving]
        booked[made] = wanted
    assert len(booked) > 3


async def test_what_stood_is_not_put_back_too_near_and_a_series_names_its_day(cast: Cast) -> None:
    held, linden = await by(cast, "mira", "ruth"), await by(cast, "mira", "linden")
    stood = await book(cast.office, held, tomorrow(), 50)
    gone = await cancel(cast.office, held, stood)
    await set_margins(cast.office, cast["mira"], {"after": 30})
    await book(cast.office, linden, tomorrow(1), 50)
    with pytest.raises(TimeTaken, match="not free any more"):
        await restore(cast.office, held, Former(gone.id, gone.sequence, stood.starts, stood.minutes))
    with pytest.raises(TimeTaken, match="too near, so none was booked"):
        await book_series(cast.office, held, Weekly(tomorrow(), 50, Repeat(1, 3)))


async def test_a_client_sees_no_time_that_is_too_near_or_too_soon_and_can_take_none(cast: Cast) -> None:
    offered = await slots(cast, 4)
    await book(cast.office, await by(cast, "mira", "linden"), tomorrow(1), 60)
    await set_margins(cast.office, cast["mira"], {"before": 10, "notice": 60})
    ruth = await by(cast, "ruth", "ruth")
    lines = await inbox(cast.office, cast["ruth"])
    assert [one.slot.starts for one in await free_for(cast.office, cast["ruth"], lines)] == [tomorrow(3)]
    for slot in (offered[0], offered[2]):
        with pytest.raises(TimeTaken):
            await take(cast.office, ruth, slot.id)
    late = office_at(cast.office, tomorrow(3) - HOUR + timedelta(minutes=1))
    with pytest.raises(TimeTaken, match="too near to be taken now"):
        await take(late, ruth, offered[3].id)
    assert await free_for(late, cast["ruth"], lines) == []
    just = office_at(cast.office, tomorrow(3) - HOUR)
    assert (await take(just, ruth, offered[3].id)).starts == tomorrow(3)


async def test_who_calls_off_late_is_said_to_and_only_a_client_does(cast: Cast) -> None:
    await set_rules(cast.office, cast["nour"], {"cancel_minutes": 24 * 60})
    mira, ruth = await by(cast, "mira", "ruth"), await by(cast, "ruth", "ruth")
    early, late, by_mira = [await book(cast.office, mira, tomorrow(n), 50) for n in range(3)]
    assert not (await cancel(cast.office, ruth, early)).late
    near = office_at(cast.office, tomorrow() - timedelta(hours=20))
    called_off = await cancel(near, ruth, late)
    assert (called_off.state, called_off.late) == (SessionState.CANCELLED, True)
    assert not (await cancel(near, mira, by_mira)).late
    said = [as_texts(one.body.facts).get("late") for one in await entries_after(cast.office, mira, 0)]
    assert said[3:] == [None, "yes", None]
    back = await restore(near, ruth, Former(late.id, called_off.sequence, late.starts, late.minutes))
    assert (back.state, back.late) == (SessionState.BOOKED, False)


async def test_hours_are_offered_every_week_as_the_clock_shows_them(cast: Cast) -> None:
    first = datetime(2027, 3, 25, 8, tzinfo=UTC)
    wanted = Range(first, first + 2 * HOUR, 60, repeat=Repeat(1, 2))
    made = await offer(cast.office, cast["mira"], wanted)
    assert [one.starts for one in made] == [
        first + timedelta(hours=hour) + week
        for week in (timedelta(), timedelta(weeks=1, hours=-1))
        for hour in range(2)
    ]
    with pytest.raises(Malformed, match="At most 200"):
        await offer(cast.office, cast["mira"], replace(wanted, minutes=5, repeat=Repeat(1, 10)))


async def test_margins_are_a_clinicians_own(cast: Cast) -> None:
    await set_margins(cast.office, cast["mira"], {"before": 5})
    assert await set_margins(cast.office, cast["mira"], {"notice": 90}) == Margins(5, 0, 90)
    assert await margins_of(cast.office, cast["eli"]) == Margins()
    for who in ("ruth", "nour"):
        with pytest.raises(NotFound):
            await margins_of(cast.office, cast[who])


@pytest.mark.parametrize(
    "wanted", [{"before": 121}, {"after": -1}, {"notice": True}, {"x": 1}, {"before": "5"}]
)
def test_what_is_no_margin_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        checked_margins(wanted, Margins())
