"""A planned end: said to everybody, kept by its day where that was chosen, and never over a letter that waits."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from messaging.ending.care import begin_care_again, end_care
from messaging.ending.planning import (
    AGAIN,
    EndingPlan,
    PlannedEnding,
    call_off_ending,
    claim_endings,
    end_as_planned,
    ending_attended,
    ending_of,
    plan_ending,
)
from messaging.errors import CareEnded, Malformed, NotFound, TooLong
from messaging.letters.settling import needs_no_answer
from messaging.letters.writing import Letter, write_letter
from messaging.messages import EventName
from messaging.record.reading import entries_after
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast

LEASE = timedelta(seconds=30)


def plan_in(cast: Cast, days: int, *, by_itself: bool = True) -> EndingPlan:
    today = cast.office.clock().astimezone(ZoneInfo(cast.practice.time_zone)).date()
    day = today + timedelta(days=days)
    return EndingPlan(day, by_itself, 2, 1, day + timedelta(days=30), "Haus Linde.", "We part.")


async def planned(cast: Cast, days: int = 7, *, by_itself: bool = True) -> PlannedEnding:
    held, _ = await cast.enter("mira", "ruth", Deed.ASSIGN)
    return await plan_ending(cast.office, held, uuid4(), plan_in(cast, days, by_itself=by_itself))


async def read(cast: Cast, who: str = "ruth") -> PlannedEnding | None:
    held, _ = await cast.enter(who, "ruth")
    return await ending_of(cast.office, held)


async def attend(cast: Cast, when: datetime) -> datetime | None:
    office = replace(cast.office, clock=lambda: when)
    return await end_as_planned(office, cast.practice.id, cast.conversation("ruth"))


async def ended(cast: Cast) -> bool:
    found = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation("ruth"))
    return found is not None and found.ended_at is not None


async def letter(cast: Cast) -> None:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), "One more."))


async def test_it_is_read_by_both_and_care_ends_when_its_day_is_over(cast: Cast) -> None:
    assert await read(cast) is None
    stands = await planned(cast)
    assert await read(cast) == await read(cast, "mira") == stands
    due = await attend(cast, cast.office.clock())
    assert due is not None
    assert due.astimezone(ZoneInfo(cast.practice.time_zone)).date() == stands.plan.day + timedelta(days=1)
    assert await attend(cast, due - timedelta(seconds=1)) == due
    assert not await ended(cast)
    assert await attend(cast, due) is None
    assert await ended(cast)
    assert await attend(cast, due) is None
    assert await read(cast) == stands, "it is read afterwards too"
    held, _ = await cast.enter("ruth", "ruth")
    told = [one.body.event for one in await entries_after(cast.office, held, 0) if one.body.event]
    assert told.count(EventName.CARE_ENDED) == 1
    await begin_care_again(cast.office, cast["mira"], cast.conversation("ruth"))
    assert await read(cast) is None, "care that begins again begins without a planned end"
    assert await attend(cast, due) is None
    assert not await ended(cast)


async def test_it_does_not_end_while_a_letter_waits(cast: Cast) -> None:
    await planned(cast)
    due = await attend(cast, cast.office.clock())
    assert due is not None
    await letter(cast)
    assert await attend(cast, due) == due + AGAIN
    assert not await ended(cast)
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    await needs_no_answer(cast.office, held, uuid4())
    assert await attend(cast, due + AGAIN) is None
    assert await ended(cast)


async def test_without_the_choice_nothing_ends_and_what_is_called_off_does_not(cast: Cast) -> None:
    far = cast.office.clock() + timedelta(days=60)
    await planned(cast, by_itself=False)
    assert await attend(cast, far) is None
    await planned(cast)
    held, _ = await cast.enter("mira", "ruth", Deed.ASSIGN)
    for _again in range(2):
        await call_off_ending(cast.office, held, uuid4())
    assert await read(cast) is None
    assert await attend(cast, far) is None
    assert not await ended(cast)
    reader, _ = await cast.enter("ruth", "ruth")
    told = [one.body.event for one in await entries_after(cast.office, reader, 0)]
    assert told.count(EventName.ENDING_CALLED_OFF) == 1


async def test_whose_choice_it_was_must_still_be_there(cast: Cast) -> None:
    await planned(cast)
    way = errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING)
    await cast.office.memory.conversations.remove_member(way, cast["mira"].id, cast.office.clock())
    assert await attend(cast, cast.office.clock() + timedelta(days=60)) is None
    assert not await ended(cast)


async def test_it_waits_in_the_queue_as_it_was_planned_last(cast: Cast) -> None:
    async def claimed(days: int) -> bool:
        at = cast.office.clock() + timedelta(days=days)
        mine = (cast.practice.id, cast.conversation("ruth"))
        found = mine in await claim_endings(cast.office, at, LEASE, 500)
        if found:
            await ending_attended(cast.office, *mine, at + LEASE, at)
        return found

    await planned(cast, 20)
    assert [await claimed(days) for days in (18, 22)] == [False, True]
    await planned(cast, 40)
    assert [await claimed(days) for days in (38, 42)] == [False, True]
    await planned(cast, 40, by_itself=False)
    assert not await claimed(60)


async def test_who_may_and_what_is_refused(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.ASSIGN)
    good = plan_in(cast, 3)
    for wrong in (
        plan_in(cast, -1),
        plan_in(cast, 900),
        replace(good, letters=100),
        replace(good, sessions=-1),
        replace(good, write_until=good.day - timedelta(days=1)),
        replace(good, words="\x00"),
    ):
        with pytest.raises(Malformed):
            await plan_ending(cast.office, held, uuid4(), wrong)
    with pytest.raises(TooLong):
        await plan_ending(cast.office, held, uuid4(), replace(good, elsewhere="x" * 4_001))
    for who, deed in (("ruth", Deed.WRITE), ("mira", Deed.WRITE)):
        other, _ = await cast.enter(who, "ruth", deed)
        with pytest.raises(NotFound):
            await plan_ending(cast.office, other, uuid4(), good)
        with pytest.raises(NotFound):
            await call_off_ending(cast.office, other, uuid4())
    await end_care(cast.office, cast["mira"], cast.conversation("ruth"))
    over, _ = await cast.enter("mira", "ruth", Deed.ASSIGN)
    with pytest.raises(CareEnded):
        await plan_ending(cast.office, over, uuid4(), good)
