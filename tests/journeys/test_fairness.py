"""Who is slow or loud is so at their own cost: paces belong to persons, and one dead reader of a group hurts nobody."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final
from uuid import UUID

from messaging.conversations import Kind, Member
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed, admit
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import Line, call, talking
from tests.journeys.test_live_chat import begin_session, narrow_socket

GROUP: Final = 12
LONG: Final = "\N{HORIZONTAL ELLIPSIS}" * 15_000
"""45 KB as sent."""
ROUNDS: Final = 12
"""Messages of each: in all more than the kernel (4 MB) and a connection's bounds hold for who does not read."""


async def group_of_twelve(cast: Cast) -> tuple[UUID, list[str]]:
    """A group in a live session with Dr Mira, and the tokens of its clients."""
    names = [f"member{number}" for number in range(GROUP)]
    for name in names:
        new = NewPerson(Role.CLIENT, f"{name}-{cast.practice.slug}", name)
        cast.people[name] = await add_person(cast.office, cast.practice.id, new)
    members = tuple(Member(cast[name].id, cast[name].role) for name in (*names, "mira"))
    conversation = await begin_conversation(cast.office, cast.practice.id, Kind.GROUP, members)
    await open_session(cast.office, admit(cast["mira"], conversation, Deed.HOLD_SESSION), beside=True)
    return conversation.id, [await cast.token(name) for name in names]


async def test_a_dead_reader_of_a_group_hurts_nobody_and_catches_up_later(
    server: RunningServer, cast: Cast
) -> None:
    conversation, (dead_token, *tokens) = await group_of_twelve(cast)
    last = 1 + ROUNDS * len(tokens)
    async with AsyncExitStack() as stack:
        narrow = talking(server, dead_token, sock=await narrow_socket(server), max_queue=1)
        dead = await stack.enter_async_context(narrow)
        await dead.open(conversation, after=1)
        lines = [await stack.enter_async_context(talking(server, token)) for token in tokens]
        for line in lines:
            await line.open(conversation, after=1)
        told = await asyncio.gather(*(_talk_and_listen(line, conversation, last) for line in lines))
        assert told == [list(range(2, last + 1))] * len(lines)
        assert await dead.closed() == 4408
        seen = [frame["number"] for frame in dead.heard if "number" in frame]
    assert seen == list(range(2, len(seen) + 2))
    assert len(seen) < last - 1
    async with talking(server, dead_token) as back:
        await back.open(conversation, after=seen[-1])
        assert await back.numbered(last) == list(range(seen[-1] + 1, last + 1))


async def _talk_and_listen(line: Line, conversation: UUID, last: int) -> list[int]:
    """Says a few long things, and listens to the last of everybody's."""
    for _ in range(ROUNDS):
        assert (await line.say(conversation, LONG))["type"] == "said"
    while not any(frame.get("number") == last for frame in line.heard):
        await line.next()
    return [frame["number"] for frame in line.heard if "number" in frame]


async def test_a_pace_is_a_persons_however_many_lines_and_doors_they_use(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    await begin_session(cast, "ben")
    ruth, other = cast.conversation("ruth"), cast.conversation("ben")
    token = await cast.token("mira")
    async with talking(server, token) as phone, talking(server, token) as laptop:
        await phone.open(ruth)
        await laptop.open(other)
        # Empty words cost the server nothing, so that even a slow machine floods it: they count all the same.
        for line, where in ((phone, ruth), (laptop, other)):
            for _ in range(120):
                await line.send("say", conversation=where, key=UUID(int=1), text="")
        codes = {}
        for line in (phone, laptop):
            refusals = [(await line.until("refused"))["code"] for _ in range(120)]
            codes[line is phone] = refusals
        assert "too_fast" in codes[True] + codes[False]
        assert (codes[True] + codes[False]).count("malformed") < 200
        async with talking(server, await cast.token("ruth")) as client:
            await client.open(ruth)
            assert (await client.say(ruth, "I am not in a hurry."))["type"] == "said"
        status, _ = await call(server, token, "GET", "/me")
        assert status == 200
