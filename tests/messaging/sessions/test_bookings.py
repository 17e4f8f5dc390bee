"""Sessions agreed on over a real PostgreSQL: no time is given twice."""

import asyncio
import secrets
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.conversations import Kind, Member, SessionState
from messaging.errors import Malformed, NotBooked, NotFound, TimeTaken
from messaging.facts import as_texts
from messaging.ids import SYSTEM
from messaging.messages import EventName
from messaging.office import Office
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.record.reading import entries_after
from messaging.sessions.booking import book, cancel, move
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.messaging.sessions.booked import HOUR, by, owed, told, tomorrow
from web.house import house


async def test_a_booked_session_is_told_with_its_time_in_utc(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    vienna = tomorrow().astimezone(cast.office.clock().astimezone().tzinfo)
    booked = await book(cast.office, held, vienna, 50)
    assert (booked.state, booked.sequence, booked.starts) == (SessionState.BOOKED, 0, tomorrow())
    assert await told(cast) == [(EventName.SESSION_BOOKED, f"{tomorrow():%Y-%m-%dT%H:%M:%SZ}")]
    (entry,) = await entries_after(cast.office, held, 0)
    assert (entry.author, as_texts(entry.body.facts)["person"]) == (SYSTEM, str(cast["mira"].id))
    assert await owed(cast) == ["ruth"]


async def test_each_change_raises_the_sequence_and_is_told_once(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    booked = await book(cast.office, held, tomorrow(), 50)
    moved = await move(cast.office, held, booked, tomorrow(3), 80)
    assert (moved.sequence, moved.starts, moved.minutes) == (1, tomorrow(3), 80)
    again = await move(cast.office, held, booked, tomorrow(3), 80)
    assert again == moved
    gone = await cancel(cast.office, held, booked)
    assert (gone.sequence, gone.state) == (2, SessionState.CANCELLED)
    events = [event for event, _ in await told(cast)]
    assert events == [EventName.SESSION_BOOKED, EventName.SESSION_MOVED, EventName.SESSION_CANCELLED]


async def test_a_form_sent_twice_books_one_session(cast: Cast) -> None:
    held, key = await by(cast, "mira", "ruth"), uuid4()
    both = await asyncio.gather(*(book(cast.office, held, tomorrow(), 50, key) for _ in range(4)))
    assert len({one.id for one in both}) == 1
    assert len(await told(cast)) == 1
    assert await owed(cast) == ["ruth"]


@pytest.mark.parametrize(
    ("conversation", "offset", "words"),
    [
        ("ruth", 0.5, "This conversation has another session"),
        ("linden", 0.5, "Another session is booked at that time"),
        ("ben", -0.5, "Another session is booked at that time"),
    ],
)
async def test_no_clinician_sits_in_two_sessions_and_nobody_learns_whose_the_other_is(
    cast: Cast, conversation: str, offset: float, words: str
) -> None:
    await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(), 50)
    with pytest.raises(TimeTaken, match=words) as refused:
        await book(cast.office, await by(cast, "mira", conversation), tomorrow(offset), 50)
    assert "Ruth" not in refused.value.detail


async def test_one_session_may_begin_when_another_ends_and_other_clinicians_are_free(cast: Cast) -> None:
    await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(), 60)
    await book(cast.office, await by(cast, "mira", "linden"), tomorrow(1), 60)
    await book(cast.office, await by(cast, "mira", "ben"), tomorrow(-1), 60)
    await book(cast.office, await by(cast, "eli", "omar"), tomorrow(), 60)


async def test_a_cancelled_session_blocks_nothing_and_a_moved_one_only_its_new_time(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    gone = await book(cast.office, held, tomorrow(), 50)
    await cancel(cast.office, held, gone)
    moved = await book(cast.office, held, tomorrow(), 50)
    await move(cast.office, held, moved, tomorrow(0.5))
    linden = await by(cast, "mira", "linden")
    with pytest.raises(TimeTaken):
        await book(cast.office, linden, tomorrow(1), 50)
    await book(cast.office, linden, tomorrow(-0.5), 50)


async def test_a_live_session_counts_from_its_opening(cast: Cast) -> None:
    await open_session(cast.office, await by(cast, "mira", "ruth"), minutes=50)
    linden = await by(cast, "mira", "linden")
    with pytest.raises(TimeTaken):
        await book(cast.office, linden, cast.office.clock() + timedelta(minutes=30), 50)
    await book(cast.office, linden, cast.office.clock() + timedelta(minutes=51), 50)


async def test_who_only_looks_on_is_no_obstacle(cast: Cast) -> None:
    slug = secrets.token_hex(4)
    new = NewPerson(Role.SUPERVISOR, f"ida-{slug}", "Ida", f"ida.{slug}@mail.example")
    ida = await add_person(cast.office, cast.practice.id, new)
    for name, clinician in (("linden", "mira"), ("omar", "eli")):
        members = tuple(Member(one.id, one.role) for one in (cast[name], cast[clinician], ida))
        made = await begin_conversation(cast.office, cast.practice.id, Kind.INDIVIDUAL, members)
        cast.conversations[f"{name}-watched"] = made
    cast.people["ida"] = ida
    await book(cast.office, await by(cast, "mira", "linden-watched"), tomorrow(), 50)
    await book(cast.office, await by(cast, "eli", "omar-watched"), tomorrow(), 50)
    assert await owed(cast) == ["linden", "omar"], "and nobody who only looks on is invited"


@pytest.mark.parametrize(
    ("starts", "minutes", "words"),
    [
        (-HOUR, 50, "in the future"),
        (HOUR, 241, "5 to 240"),
        (HOUR, 4, "5 to 240"),
        (HOUR, "50", "5 to 240"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    cast: Cast, starts: timedelta, minutes: object, words: str
) -> None:
    held = await by(cast, "mira", "ruth")
    with pytest.raises(Malformed, match=words):
        await book(cast.office, held, cast.office.clock() + starts, minutes)
    assert await told(cast) == []


async def test_a_session_is_cancelled_once_and_moved_no_more(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    booked = await book(cast.office, held, tomorrow(), 50)
    await cancel(cast.office, held, booked)
    with pytest.raises(NotBooked, match="cancelled already"):
        await cancel(cast.office, held, booked)
    with pytest.raises(NotBooked):
        await move(cast.office, held, booked, tomorrow(2))
    live = await open_session(cast.office, held)
    with pytest.raises(NotBooked, match="not booked any more"):
        await cancel(cast.office, held, live)


async def test_clients_book_nothing_freely_and_nobody_reaches_into_another_conversation(cast: Cast) -> None:
    booked = await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(), 50)
    ruth, linden = await by(cast, "ruth", "ruth"), await by(cast, "linden", "linden")
    for attempt in (
        book(cast.office, ruth, tomorrow(5), 50),
        move(cast.office, ruth, booked, tomorrow(5)),
        cancel(cast.office, linden, booked),
        cancel(cast.office, await by(cast, "ruth", "ruth", Deed.READ), booked),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(NotFound):
        await by(cast, "ruth", "ruth", Deed.HOLD_SESSION)
    with pytest.raises(NotFound):
        await by(cast, "eli", "ruth", Deed.BOOK)


async def both_ready(cast: Cast, *offices: Office) -> None:
    """Connections are there: who has to make one comes late, and nobody meets anybody."""
    asked = [
        one.memory.sessions.of_conversation(
            errand(cast.practice.id, cast.conversation("ruth"), Work.KEEPING_TIME), 1
        )
        for one in offices
        for _ in range(8)
    ]
    await asyncio.gather(*asked)


async def test_bookings_of_one_hour_from_all_sides_leave_one_session(
    cast: Cast, database: TestDatabase
) -> None:
    """Different conversations of one clinician, on two nodes, in the same moment: only her row stands between them."""
    passes = [await by(cast, "mira", name) for name in ("ruth", "linden", "ben")]
    async with house(database.settings()) as other:
        offices = (cast.office, other.office)
        for hour in range(8):
            await both_ready(cast, *offices)
            tries = [book(office, held, tomorrow(hour), 50) for held in passes for office in offices]
            results = await asyncio.gather(*tries, return_exceptions=True)
            assert sorted(type(one).__name__ for one in results) == ["Session", *["TimeTaken"] * 5]


async def test_moving_onto_each_other_at_once_leaves_both_somewhere(
    cast: Cast, database: TestDatabase
) -> None:
    ruth, linden = await by(cast, "mira", "ruth"), await by(cast, "mira", "linden")
    first = await book(cast.office, ruth, tomorrow(), 60)
    second = await book(cast.office, linden, tomorrow(1), 60)
    async with house(database.settings()) as other:
        for hour in range(2, 10):
            await both_ready(cast, cast.office, other.office)
            results = await asyncio.gather(
                move(cast.office, ruth, first, tomorrow(hour)),
                move(other.office, linden, second, tomorrow(hour)),
                return_exceptions=True,
            )
            assert sorted(type(r).__name__ for r in results) == ["Session", "TimeTaken"]
