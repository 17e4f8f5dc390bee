"""Whatever order transactions are committed in, and whoever numbers beside whom: each thing has one event."""

import asyncio
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from messaging.ids import SYSTEM
from messaging.integrating.events import ACTS, catch_up
from messaging.letters.writing import Letter, write_letter
from messaging.memory.integrating import Happened
from messaging.trust.access import Deed
from tests.cast import Cast
from threads.tables.conversations import conversations
from threads.tables.integrating import events
from threads.tables.record import entries


async def letter(cast: Cast, who: str, where: str) -> None:
    held, circle = await cast.enter(who, where, Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), "Words."))


async def all_numbered_once_in_order(cast: Cast) -> None:
    practice = cast.practice.id
    database = cast.office.memory.people._database  # type: ignore[attr-defined]
    async with database.within(practice) as connection:
        kept = (
            await connection.execute(
                select(entries.c.conversation_id, entries.c.id)
                .where(entries.c.practice_id == practice)
                .order_by(entries.c.conversation_id, entries.c.number)
            )
        ).all()
        told = (
            await connection.execute(
                select(events.c.conversation_id, events.c.subject_id)
                .where(events.c.practice_id == practice, events.c.subject_id.is_not(None))
                .order_by(events.c.conversation_id, events.c.number)
            )
        ).all()
        numbers = await connection.scalars(
            select(events.c.number).where(events.c.practice_id == practice).order_by(events.c.number)
        )
        assert [tuple(one) for one in told] == [tuple(one) for one in kept]
        every = list(numbers)
        assert every == list(range(1, len(every) + 1))
        people = select(func.count()).where(events.c.practice_id == practice, events.c.type == "person_added")
        assert await connection.scalar(people) == len(cast.people)


async def test_what_is_committed_late_is_numbered_late_and_once(cast: Cast) -> None:
    """An entry made first and committed last: a follower that goes by ids, times or a sequence would never see it."""
    practice, ruths = cast.practice.id, cast.conversation("ruth")
    database = cast.office.memory.people._database  # type: ignore[attr-defined]
    await catch_up(cast.office, practice, 5)
    async with database.within(practice) as slow:
        mine = (conversations.c.practice_id == practice, conversations.c.id == ruths)
        number = await slow.scalar(
            update(conversations)
            .where(*mine)
            .values(last_number=conversations.c.last_number + 1)
            .returning(conversations.c.last_number)
        )
        made = {
            "practice_id": practice,
            "conversation_id": ruths,
            "number": number,
            "id": uuid4(),
            "author_id": SYSTEM,
            "key": uuid4(),
            "kind": "message",
            "channel": "web",
            "at": cast.office.clock(),
            "sealed": b"",
        }
        await slow.execute(insert(entries).values(**made))
        await letter(cast, "linden", "linden")
        assert await catch_up(cast.office, practice, 5)
    assert await catch_up(cast.office, practice, 5)
    await all_numbered_once_in_order(cast)


async def test_many_write_while_many_number(cast: Cast) -> None:
    async def write(who: str) -> None:
        for _ in range(12):
            await letter(cast, who, who)

    async def number() -> None:
        for _ in range(10):
            await catch_up(cast.office, cast.practice.id, 5)

    await asyncio.gather(*(write(who) for who in ("ruth", "linden", "omar")), number(), number(), number())
    while not await catch_up(cast.office, cast.practice.id, 5):
        pass
    await all_numbered_once_in_order(cast)


async def test_of_two_who_number_the_same_one_writes_nothing(cast: Cast) -> None:
    practice, memory = cast.practice.id, cast.office.memory.events
    await memory.begin(practice, cast.office.clock())
    first, second = await memory.news(practice, ACTS, 5), await memory.news(practice, ACTS, 5)
    happened = [Happened(at, "person_added", person=person) for person, at in first.people]
    assert await memory.number(practice, first, happened, cast.office.clock())
    assert not await memory.number(practice, second, happened, cast.office.clock())
    assert await catch_up(cast.office, practice, 5)
    await all_numbered_once_in_order(cast)
