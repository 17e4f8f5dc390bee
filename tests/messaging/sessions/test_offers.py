"""Times a clinician offers, and what her clients make of them, over a real PostgreSQL."""

import asyncio
from datetime import datetime
from uuid import uuid4

import pytest

from messaging.errors import Conflict, Malformed, NotFound, TimeTaken, TooLate
from messaging.inbox.listing import inbox
from messaging.sessions.booking import AT_ONCE, book, cancel, move, move_to, take
from messaging.sessions.offering import Range, free_for, offer, offered, withdraw
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.messaging.sessions.booked import HOUR, by, office_at, slots, tomorrow
from web.house import house


async def test_two_clients_who_take_the_same_time_at_once_are_two_and_one_gets_it(
    cast: Cast, database: TestDatabase
) -> None:
    """On two nodes, many times over: exactly one session each time, and one refusal in words for the other."""
    offers = await offer(cast.office, cast["mira"], Range(tomorrow(), tomorrow(10), 60))
    ruth, linden = await by(cast, "ruth", "ruth"), await by(cast, "linden", "linden")
    async with house(database.settings()) as other:
        for one in offers:
            results = await asyncio.gather(
                take(cast.office, ruth, one.id, uuid4()),
                take(other.office, linden, one.id, uuid4()),
                return_exceptions=True,
            )
            assert sorted(type(r).__name__ for r in results) == ["Session", "TimeTaken"]
    booked = [
        session
        for name in ("ruth", "linden")
        for session in await cast.office.memory.sessions.of_conversation(
            errand(cast.practice.id, cast.conversation(name), Work.KEEPING_TIME), 50
        )
    ]
    assert sorted(one.starts for one in booked) == [one.starts for one in offers]


async def test_a_client_takes_moves_and_cancels_and_the_time_given_up_is_free_again(cast: Cast) -> None:
    first, second, _ = await slots(cast)
    ruth = await by(cast, "ruth", "ruth")
    taken = await take(cast.office, ruth, first.id)
    assert (taken.starts, taken.minutes) == (first.starts, 60)
    lines = await inbox(cast.office, cast["linden"])

    async def free() -> list[datetime]:
        return [one.slot.starts for one in await free_for(cast.office, cast["linden"], lines)]

    assert await free() == [tomorrow(1), tomorrow(2)]
    await move_to(cast.office, ruth, taken, second.id)
    assert await free() == [tomorrow(), tomorrow(2)]
    await cancel(cast.office, ruth, taken)
    assert await free() == [tomorrow(), tomorrow(1), tomorrow(2)]


async def test_a_time_the_clinician_gives_up_is_not_offered_again(cast: Cast) -> None:
    first, second, _ = await slots(cast)
    taken = await take(cast.office, await by(cast, "ruth", "ruth"), first.id)
    other = await take(cast.office, await by(cast, "linden", "linden"), second.id)
    await cancel(cast.office, await by(cast, "mira", "ruth"), taken)
    await move(cast.office, await by(cast, "mira", "linden"), other, tomorrow(8))
    left = await offered(cast.office, cast["mira"], tomorrow(), tomorrow(24))
    assert [one.starts for one in left] == [tomorrow(2)]


async def test_what_is_booked_by_hand_hides_the_offers_it_covers(cast: Cast) -> None:
    await slots(cast)
    await book(cast.office, await by(cast, "mira", "ben"), tomorrow(0.5), 60)
    lines = await inbox(cast.office, cast["ruth"])
    assert [one.slot.starts for one in await free_for(cast.office, cast["ruth"], lines)] == [tomorrow(2)]


async def test_only_those_in_her_care_see_and_take_what_a_clinician_offers(cast: Cast) -> None:
    first, *_ = await slots(cast)
    assert await free_for(cast.office, cast["omar"], await inbox(cast.office, cast["omar"])) == []
    with pytest.raises(NotFound):
        await take(cast.office, await by(cast, "omar", "omar"), first.id)
    for attempt in (
        offer(cast.office, cast["ruth"], Range(tomorrow(), tomorrow(2), 50)),
        withdraw(cast.office, cast["eli"], first.id),
        withdraw(cast.office, cast["ruth"], first.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_offers_do_not_overlap_and_are_cut_with_their_pauses(cast: Cast) -> None:
    made = await offer(cast.office, cast["mira"], Range(tomorrow(), tomorrow(3), 50, pause=10))
    assert [one.starts for one in made] == [tomorrow(h) for h in range(3)]
    more = await offer(cast.office, cast["mira"], Range(tomorrow(-1), tomorrow(3), 60))
    assert [one.starts for one in more] == [tomorrow(-1)]
    with pytest.raises(Conflict, match="offered already"):
        await offer(cast.office, cast["mira"], Range(tomorrow(), tomorrow(3), 60))
    assert await offer(cast.office, cast["eli"], Range(tomorrow(), tomorrow(3), 60))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ((-2, 0, 50, 0), "in the future"),
        ((24, 24.5, 50, 0), "No session of this length"),
        ((24, 23, 50, 0), "No session of this length"),
        ((24, 24 + 41 * 5 / 60, 5, 0), "At most 40"),
        ((24, 30, 4, 0), "5 to 240"),
        ((24, 30, 50, -1), "pause"),
        ((24, 24 * 400, 50, 0), "more than a year"),
    ],
)
async def test_an_offer_that_cannot_be_meant_is_refused(
    cast: Cast, wanted: tuple[float, float, int, int], words: str
) -> None:
    now, (starts, ends, minutes, pause) = cast.office.clock(), wanted
    asked = Range(now + starts * HOUR, now + ends * HOUR, minutes, pause)
    with pytest.raises(Malformed, match=words):
        await offer(cast.office, cast["mira"], asked)


async def test_a_taken_time_is_not_withdrawn_and_a_withdrawn_one_not_taken(cast: Cast) -> None:
    first, second, _ = await slots(cast)
    ruth = await by(cast, "ruth", "ruth")
    await take(cast.office, ruth, first.id)
    with pytest.raises(TimeTaken, match="was taken"):
        await withdraw(cast.office, cast["mira"], first.id)
    await withdraw(cast.office, cast["mira"], second.id)
    await withdraw(cast.office, cast["mira"], second.id)
    with pytest.raises(TimeTaken):
        await take(cast.office, ruth, second.id)


async def test_at_the_start_a_client_changes_nothing_more_but_the_clinician_may(cast: Cast) -> None:
    first, second, _ = await slots(cast)
    ruth = await by(cast, "ruth", "ruth")
    taken = await take(cast.office, ruth, first.id)
    started = office_at(cast.office, first.starts)
    with pytest.raises(TooLate):
        await cancel(started, ruth, taken)
    with pytest.raises(TooLate):
        await move_to(started, ruth, taken, second.id)
    with pytest.raises(TimeTaken):
        await take(started, ruth, first.id)
    await cancel(started, await by(cast, "mira", "ruth"), taken)


async def test_a_client_does_not_take_all_there_is(cast: Cast) -> None:
    offers = await offer(cast.office, cast["mira"], Range(tomorrow(), tomorrow(14), 60))
    ruth = await by(cast, "ruth", "ruth")
    for one in offers[:AT_ONCE]:
        await take(cast.office, ruth, one.id)
    with pytest.raises(Conflict, match="sessions ahead"):
        await take(cast.office, ruth, offers[AT_ONCE].id)
