"""Letters enter their conversation in the order in which they were kept, whoever reads them and however long it takes."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from channels.email.reading.reader import Reader
from channels.email.workers.parse_worker import Read, Told
from channels.email.workers.reading_room import ReadingRoom, Unread
from messaging.arriving.arrival import Arrival, Destination
from messaging.arriving.originals import keep
from messaging.memory.arriving import OriginalState
from tests.channels.email.post import Post
from tests.conftest import TestDatabase
from tests.journeys.mail_server import leases_run_out

MANY = 6


class Room(ReadingRoom):
    """A reading room where one letter waits for another to be read, or is never read."""

    def __init__(self, slow: bytes = b"", until: bytes = b"", never: bytes = b"") -> None:
        super().__init__(2)
        self._slow, self._until, self._never = slow, until, never
        self._read = asyncio.Event()

    async def read(self, question: Read) -> Told:
        if self._never and self._never in question.raw:
            raise Unread
        if self._slow and self._slow in question.raw:
            async with asyncio.timeout(30):
                await self._read.wait()
        told = await super().read(question)
        if self._until and self._until in question.raw:
            self._read.set()
        return told


def _same(moment: datetime) -> datetime:
    return moment


async def offered(post: Post, client: str, *texts: str) -> None:
    for text in texts:
        assert (await post.offer(post.letter(client, text), await post.address(client))).startswith("250")


async def words(post: Post, client: str) -> list[str]:
    return [entry.body.text for entry in await post.entries(client)]


async def read_by_several(post: Post, room: Room) -> None:
    """As several readers of several nodes would, at the same time."""
    readers = [Reader(post.cast.office, post.terms, room) for _ in range(4)]

    async def all_of_it(reader: Reader) -> None:
        while await reader.read_due():
            pass

    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(all_of_it(reader))


async def test_a_letter_that_takes_long_is_not_overtaken_in_its_conversation(post: Post) -> None:
    mine = [f"lake {number}" for number in range(MANY)]
    await offered(post, "ruth", *mine)
    await offered(post, "linden", "hill 0", "hill 1")
    # Ruth's first is read only when Linden's last is: the one waits for nobody in the other's conversation.
    room = Room(slow=b"lake 0", until=b"hill 1")
    try:
        await read_by_several(post, room)
    finally:
        await room.close()
    assert await words(post, "ruth") == mine
    assert await words(post, "linden") == ["hill 0", "hill 1"]


async def test_what_cannot_be_read_now_keeps_its_place_and_stops_nobody_for_good(
    post: Post, database: TestDatabase
) -> None:
    await offered(post, "ruth", "lake 0", "lake 1", "lake 2")
    await offered(post, "linden", "hill 0")
    room = Room(never=b"lake 1")
    try:
        for expected in (["lake 0"], ["lake 0"], ["lake 0", "lake 2"]):
            await read_by_several(post, room)
            assert await words(post, "ruth") == expected
            assert await words(post, "linden") == ["hill 0"]
            await leases_run_out(database)
    finally:
        await room.close()
    assert [one.reason for one in await post.screener()] == ["unreadable"]
    assert await post.counts() == {OriginalState.DELIVERED: 3, OriginalState.HELD: 1}


async def test_the_order_is_that_of_keeping_and_of_no_clock(post: Post) -> None:
    office, ruth = post.cast.office, post.cast["ruth"]
    to = Destination(post.cast.practice.id, post.cast.conversation("ruth"), ruth.id)
    arrival = Arrival(await post.address("ruth"), "someone@mail.example", "x", "192.0.2.1")
    for number in range(MANY):  # as on nodes whose clocks differ
        stopped = office.clock() - timedelta(minutes=number)
        node = replace(office, clock=partial(_same, stopped))
        await keep(node, to, arrival, post.letter("ruth", f"lake {number}"))
    await post.read_all()
    assert await words(post, "ruth") == [f"lake {number}" for number in range(MANY)]


async def test_a_letter_in_a_dead_readers_hands_is_not_overtaken_either(
    post: Post, database: TestDatabase
) -> None:
    await offered(post, "ruth", "lake 0", "lake 1")
    mailbox, now = post.cast.office.memory.mailbox, post.cast.office.clock
    taken = await mailbox.due_originals(now(), 60, 1)  # and its reader dies
    assert len(taken) == 1
    await offered(post, "ruth", "lake 2")
    await post.read_all()
    assert await words(post, "ruth") == []
    await leases_run_out(database)
    await post.read_all()
    assert await words(post, "ruth") == ["lake 0", "lake 1", "lake 2"]


async def test_what_was_tried_before_is_tried_alone(post: Post, database: TestDatabase) -> None:
    await offered(post, "ruth", "lake 0", "lake 1", "lake 2")
    mailbox, now = post.cast.office.memory.mailbox, post.cast.office.clock
    mine = post.cast.practice.id
    tries = []
    for _ in range(3):
        tries.append(
            [one.attempts for one in await mailbox.due_originals(now(), 60, 16) if one.practice == mine]
        )
        await leases_run_out(database)
    assert tries == [[1, 1, 1], [2], [3]]
