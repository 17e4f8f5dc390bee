"""Live chat over real sockets: what is said, replayed, shown to others, and kept within a session.

The house that founds the cast and the server that is talked to are two nodes over one database.
"""

import asyncio
import socket
from collections.abc import Awaitable
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from messaging.memory.record import Outcome
from messaging.record.posting import say
from messaging.sessions.holding import end_session, open_session, session_of
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.journeys.talking import call, record, talking


async def begin_session(cast: Cast, conversation: str = "ruth") -> None:
    """A live session, opened by Dr Mira."""
    held, _ = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    await open_session(cast.office, held, beside=True)


async def finish_session(cast: Cast, conversation: str = "ruth") -> None:
    """Its end."""
    held, circle = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    assert circle.conversation.live is not None
    live = await session_of(cast.office, held, circle.conversation.live.id)
    await end_session(cast.office, held, live)


async def said_elsewhere(
    cast: Cast, count: int, text: str = "Take your time.", conversation: str = "ruth"
) -> None:
    """Dr Mira speaks through the other node."""
    held, _ = await cast.enter("mira", conversation, Deed.SAY)
    words: list[Awaitable[Outcome]] = [say(cast.office, held, uuid4(), text) for _ in range(count)]
    await asyncio.gather(*words)


async def test_open_replays_after_a_number_without_a_hole_and_then_goes_live(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    await said_elsewhere(cast, 250)
    async with talking(server, await cast.token("ruth")) as ruth:
        opened = await ruth.open(cast.conversation("ruth"), after=5)
        assert opened["last"] == 251
        assert opened["session"]["state"] == "live"
        more = asyncio.create_task(said_elsewhere(cast, 60))
        assert await ruth.numbered(311) == list(range(6, 312))
        await more
        answer = await ruth.say(cast.conversation("ruth"), "I am here.")
        assert answer["number"] == 312


async def test_a_number_beyond_the_end_replays_nothing(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast)
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(cast.conversation("ruth"), after=1000)
        assert not [f for f in await ruth.so_far() if "number" in f]
        assert (await ruth.say(cast.conversation("ruth"), "Hello."))["number"] == 2


async def test_said_comes_when_it_is_kept_and_is_the_same_for_a_repeat(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    conversation, key, token = cast.conversation("ruth"), uuid4(), await cast.token("ruth")
    async with talking(server, token) as first, talking(server, token) as second:
        await first.open(conversation)
        said = await first.say(conversation, "I slept.", key)
        kept = await record(server, token, str(conversation))
        assert (kept[-1]["number"], kept[-1]["id"], kept[-1]["key"]) == (2, said["id"], str(key))
        assert await first.say(conversation, "I slept.", key) == said
        assert await second.say(conversation, "I slept.", key) == said
        assert len(await record(server, token, str(conversation))) == 2


async def test_a_repeat_takes_its_place_in_the_order_of_a_resumed_connection(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    conversation, key, token = cast.conversation("ruth"), uuid4(), await cast.token("ruth")
    await said_elsewhere(cast, 150)
    async with talking(server, token) as lost:
        await lost.open(conversation)
        await lost.say(conversation, "Did this reach you?", key)
    await said_elsewhere(cast, 5)
    async with talking(server, token) as back:
        await back.send("open", conversation=conversation, after=0)
        await back.send("say", conversation=conversation, key=key, text="Did this reach you?")
        numbers = await back.numbered(157)
        told = list(dict.fromkeys(numbers))
        assert told == list(range(1, 158))
        assert [f["number"] for f in back.heard if f["type"] == "said"] == [152]


async def test_the_same_key_with_other_words_is_refused_and_the_first_stand(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    conversation, key = cast.conversation("ruth"), uuid4()
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(conversation)
        assert (await ruth.say(conversation, "Yes.", key))["type"] == "said"
        assert (await ruth.say(conversation, "No.", key))["code"] == "key_reused"


async def test_the_authors_other_connection_gets_the_message_and_the_sending_one_only_said(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    conversation, token = cast.conversation("ruth"), await cast.token("ruth")
    async with (
        talking(server, token) as phone,
        talking(server, token) as laptop,
        talking(server, await cast.token("mira")) as mira,
    ):
        for line in (phone, laptop, mira):
            await line.open(conversation, after=1)
        said = await phone.say(conversation, "From the train.")
        for line in (laptop, mira):
            message = await line.until("message")
            assert (message["number"], message["text"]) == (said["number"], "From the train.")
            assert message["author"]["id"] == str(cast["ruth"].id)
            assert message["channel"] == "chat"
        await phone.so_far()
        assert not [f for f in phone.heard if f["type"] == "message"]
        assert not [f for f in laptop.heard if f["type"] == "said"]


async def test_outside_a_session_live_words_are_refused_with_no_session(
    server: RunningServer, cast: Cast
) -> None:
    conversation = cast.conversation("ruth")
    async with talking(server, await cast.token("ruth")) as ruth:
        assert (await ruth.open(conversation))["session"] is None
        assert (await ruth.say(conversation, "Is anybody there?"))["code"] == "no_session"
        await begin_session(cast)
        await ruth.until("session")
        assert (await ruth.say(conversation, "Now you are."))["type"] == "said"
        await finish_session(cast)
        await ruth.until("event", event="session_ended")
        assert (await ruth.say(conversation, "One more thing"))["code"] == "no_session"
        assert len(await record(server, await cast.token("ruth"), str(conversation))) == 3


async def test_a_session_the_therapist_opens_and_ends_by_the_api_reaches_everyone(
    server: RunningServer, cast: Cast
) -> None:
    conversation, mira = cast.conversation("ruth"), await cast.token("mira")
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(conversation)
        status, opened = await call(server, mira, "POST", f"/conversations/{conversation}/sessions", {})
        assert (status, opened["state"]) == (201, "live")
        event = await ruth.until("event")
        assert (event["number"], event["event"]) == (1, "session_opened")
        live = await ruth.until("session")
        assert (live["session"]["id"], live["session"]["state"]) == (opened["id"], "live")
        assert (await call(server, mira, "POST", f"/sessions/{opened['id']}/extend", {"minutes": 10}))[
            0
        ] == 200
        event = await ruth.until("event")
        assert (event["number"], event["event"], event["facts"]["by"]) == (2, "session_extended", "10")
        longer = await ruth.until("session")
        assert longer["session"]["minutes"] == opened["minutes"] + 10
        assert (await call(server, mira, "POST", f"/sessions/{opened['id']}/end", {}))[0] == 200
        event = await ruth.until("event")
        assert (event["number"], event["event"]) == (3, "session_ended")
        assert event["facts"]["by"] == "clinician"
        assert (await ruth.until("session"))["session"]["state"] == "ended"


async def test_a_client_cannot_hold_sessions(server: RunningServer, cast: Cast) -> None:
    conversation = cast.conversation("ruth")
    status, _ = await call(
        server, await cast.token("ruth"), "POST", f"/conversations/{conversation}/sessions", {}
    )
    assert status == 404


async def test_presence_and_typing_cross_nodes_and_belong_to_a_live_session_only(
    server: RunningServer, database: TestDatabase, cast: Cast
) -> None:
    conversation = cast.conversation("ruth")
    other = await asyncio.to_thread(start_server, database.environment())
    try:
        async with (
            talking(server, await cast.token("mira")) as mira,
            talking(other, await cast.token("ruth")) as ruth,
        ):
            await mira.open(conversation)
            await ruth.open(conversation)
            await ruth.send("typing", conversation=conversation)
            await ruth.so_far()
            await begin_session(cast)
            for line, who in ((mira, "ruth"), (ruth, "mira")):
                await line.until("session")
                assert not [f for f in line.heard if f["type"] in ("presence", "typing")]
                here = await line.until("presence")
                assert (here["person"], here["here"]) == (str(cast[who].id), True)
            await ruth.send("typing", conversation=conversation)
            assert (await mira.until("typing"))["person"] == str(cast["ruth"].id)
            assert not [f for f in await ruth.so_far() if f["type"] == "typing"]
            await ruth.send("close", conversation=conversation)
            assert (await mira.until("presence"))["here"] is False
            await ruth.open(conversation)
            assert (await mira.until("presence"))["here"] is True
            await finish_session(cast)
            await mira.until("session")
            await ruth.until("session")
            await ruth.send("typing", conversation=conversation)
            await ruth.send("close", conversation=conversation)
            await ruth.so_far()
            await begin_session(cast)
            await mira.until("session")
            assert not [f for f in await mira.so_far() if f["type"] in ("presence", "typing")]
    finally:
        await asyncio.to_thread(other.stop)


async def test_a_lagging_reader_is_closed_and_resumes_where_it_was(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast, "ben")
    conversation, token = cast.conversation("ben"), await cast.token("tess")
    long, each = "\N{HORIZONTAL ELLIPSIS}" * 15_000, 90
    async with (
        talking(server, await cast.token("mira")) as mira,
        talking(server, await cast.token("ben")) as ben,
    ):
        async with talking(server, token, sock=await narrow_socket(server), max_queue=1) as tess:
            await tess.open(conversation, after=1)
            for _ in range(each):
                for line in (mira, ben):
                    assert (await line.say(conversation, long))["type"] == "said"
            assert await tess.closed() == 4408
        seen = [f["number"] for f in tess.heard if "number" in f]
        assert seen == list(range(2, len(seen) + 2))
        assert len(seen) < 2 * each
    async with talking(server, token) as again:
        await again.open(conversation, after=seen[-1])
        assert await again.numbered(2 * each + 1) == list(range(seen[-1] + 1, 2 * each + 2))


async def narrow_socket(server: RunningServer) -> socket.socket:
    """A connection that takes little before somebody reads."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    address = urlsplit(server.live)
    await asyncio.get_running_loop().sock_connect(made, (address.hostname, address.port))
    return made


async def test_long_words_are_replayed_whole_to_several_readers_of_one_connection(
    server: RunningServer, cast: Cast
) -> None:
    token, conversations = await cast.token("mira"), ("ruth", "linden")
    for name in conversations:
        await begin_session(cast, name)
        await said_elsewhere(cast, 90, "x" * 16_000, name)
    async with talking(server, token) as mira:
        for name in conversations:
            await mira.send("open", conversation=cast.conversation(name), after=0)
        for name in conversations:
            await mira.until("message", conversation=str(cast.conversation(name)), number=91)
        for name in conversations:
            told = [
                f["number"]
                for f in mira.heard
                if f.get("conversation") == str(cast.conversation(name))
                if "number" in f
            ]
            assert told == list(range(1, 92))
            assert (await mira.say(cast.conversation(name), "Thank you."))["number"] == 92


@pytest.mark.parametrize("who", ["ruth", "mira"])
async def test_a_server_that_stops_says_so(database: TestDatabase, cast: Cast, who: str) -> None:
    stopping = await asyncio.to_thread(start_server, database.environment())
    async with talking(stopping, await cast.token(who)) as line:
        await line.open(cast.conversation("ruth"))
        stopping.process.terminate()
        assert await line.closed() == 1012
    assert await asyncio.to_thread(stopping.stop) == 0
