"""What follows from a booking: it is told once, with its mails, and reminded of in time."""

import asyncio
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from messaging.conversations import Kind, Member, Session, SessionState
from messaging.ids import SessionId
from messaging.messages import EventName
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.sessions.booking import book, cancel, move
from messaging.sessions.timekeeping import attend
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.messaging.sessions.booked import HOUR, by, office_at, owed, told, tomorrow
from threads.database import Database, connector


async def test_a_clinician_with_an_address_is_invited_without_a_way_to_answer_as_a_letter(cast: Cast) -> None:
    slug = secrets.token_hex(4)
    new = NewPerson(Role.PSYCHIATRIST, f"noa-{slug}", "Noa", f"noa.{slug}@mail.example")
    cast.people["noa"] = await add_person(cast.office, cast.practice.id, new)
    members = tuple(Member(cast[one].id, cast[one].role) for one in ("ruth", "noa"))
    made = await begin_conversation(cast.office, cast.practice.id, Kind.INDIVIDUAL, members)
    cast.conversations["noa"] = made
    await book(cast.office, await by(cast, "noa", "noa"), tomorrow(), 50)
    assert await owed(cast) == ["noa", "ruth"]
    way = errand(cast.practice.id, made.id, Work.LEAVING)
    assert await cast.office.memory.mailbox.reply_token(way, cast["noa"].id) is None
    assert await cast.office.memory.mailbox.reply_token(way, cast["ruth"].id)


async def test_what_was_agreed_as_the_process_died_is_told_by_who_attends(
    cast: Cast, database: TestDatabase
) -> None:
    """The fact and its place in the queue were committed; the telling was not."""
    # By a clock ahead of all others: a server of other tests may attend to what is due in the same database.
    soon = cast.office.clock() + timedelta(hours=1)
    office = replace(cast.office, clock=lambda: soon)
    session = untold(cast, tomorrow() + timedelta(days=2))
    held = await by(cast, "mira", "ruth")
    await office.memory.bookings.book(held, session, None, office.clock())
    assert await told(cast) == []
    due = await _waiting(database, cast, session)
    assert due is not None
    assert due <= office.clock()
    again = await attend(office, cast.practice.id, session.id)
    assert again == session.starts - timedelta(days=1)
    assert await attend(office, cast.practice.id, session.id) == again
    assert [event for event, _ in await told(cast)] == [EventName.SESSION_BOOKED]
    assert await owed(cast) == ["ruth"]


def untold(cast: Cast, starts: datetime) -> Session:
    """A session as it is written down, before anything of it is told."""
    return Session(SessionId(uuid4()), cast.conversation("ruth"), SessionState.BOOKED, starts, 50)


async def _waiting(database: TestDatabase, cast: Cast, session: Session) -> datetime | None:
    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.anywhere() as connection:
            asked = text("select next_at from queue where kind = 'session' and practice_id = :p and id = :s")
            found: datetime | None = await connection.scalar(asked, {"p": cast.practice.id, "s": session.id})
            return found
    finally:
        await base.close()


async def test_the_request_and_the_attendant_at_once_tell_it_once(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    booked = await book(cast.office, held, tomorrow(), 50)
    await asyncio.gather(*(attend(cast.office, cast.practice.id, booked.id) for _ in range(5)))
    await asyncio.gather(
        cancel(cast.office, held, booked),
        *(attend(cast.office, cast.practice.id, booked.id) for _ in range(5)),
    )
    events = [event for event, _ in await told(cast)]
    assert events == [EventName.SESSION_BOOKED, EventName.SESSION_CANCELLED]


async def _remind(cast: Cast, session: Session, *before: timedelta) -> list[datetime | None]:
    """Attends at these times before the start, twice each."""
    again = []
    for one in before:
        office = office_at(cast.office, session.starts - one)
        for _ in range(2):
            again.append(await attend(office, cast.practice.id, session.id))
    return again[::2]


async def test_a_session_is_reminded_of_a_day_and_an_hour_before_once_each(cast: Cast) -> None:
    booked = await book(cast.office, await by(cast, "mira", "ben"), tomorrow(), 50)
    assert await owed(cast) == ["ben", "tess"]
    day, hour = timedelta(days=1), timedelta(hours=1)
    again = await _remind(cast, booked, day + HOUR / 60, day)
    assert again == [booked.starts - day, booked.starts - hour]
    assert await owed(cast) == ["ben", "ben", "tess", "tess"], "one reminder each"
    assert await _remind(cast, booked, hour * 2, hour, hour / 2) == [booked.starts - hour, *[booked.ends] * 2]
    assert await owed(cast) == ["ben"] * 3 + ["tess"] * 3


async def test_a_moved_session_is_reminded_of_at_its_new_time_and_a_cancelled_one_never(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    booked = await book(cast.office, held, tomorrow(), 50)
    await _remind(cast, booked, timedelta(hours=23))
    moved = await move(cast.office, held, booked, tomorrow(24))
    assert await owed(cast) == ["ruth"] * 3, "the invitation, the reminder, the new time"
    await _remind(cast, moved, timedelta(hours=23))
    assert await owed(cast) == ["ruth"] * 4
    await cancel(cast.office, held, booked)
    assert await owed(cast) == ["ruth"] * 5
    await _remind(cast, moved, HOUR)
    assert await owed(cast) == ["ruth"] * 5


async def test_a_session_that_is_over_is_told_without_mail(cast: Cast) -> None:
    """An import brings old ones, and a server that was down for a day tells late."""
    over = untold(cast, cast.office.clock() - timedelta(minutes=5))
    held = await by(cast, "mira", "ruth")
    await cast.office.memory.bookings.book(held, over, None, cast.office.clock())
    await attend(cast.office, cast.practice.id, over.id)
    assert len(await told(cast)) == 1
    assert await owed(cast) == []
