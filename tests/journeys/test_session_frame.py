"""The frame of a session over real sockets: one-tap words, corrections, an end that comes by itself, a closing, a record."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from messaging.conversations import ON_THE_WAY, Session, SessionState
from messaging.ids import SessionId
from messaging.messages import CHAT_LIMIT
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.journeys.talking import Line, call, record, talking
from tests.journeys.test_live_chat import begin_session, finish_session


async def almost_over(cast: Cast, left: float, conversation: str = "ruth") -> Session:
    """A live session whose words are taken for some seconds more."""
    held, _ = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    now = cast.office.clock()
    began = now - timedelta(minutes=50) - ON_THE_WAY + timedelta(seconds=left)
    booked = Session(
        SessionId(uuid4()), cast.conversation(conversation), SessionState.BOOKED, began, 50, opened_at=began
    )
    return await open_session(cast.office, held, booked, beside=True)


async def amend(line: Line, kind: str, conversation: UUID, number: object, **more: object) -> dict[str, Any]:
    key = more.pop("key", None) or uuid4()
    await line.send(kind, conversation=conversation, key=key, number=number, **more)
    return await line.until("said", "refused", key=str(key))


async def test_one_tap_words_reach_the_others_on_every_node_and_are_kept_nowhere(
    server: RunningServer, database: TestDatabase, cast: Cast
) -> None:
    conversation = cast.conversation("ruth")
    other = await asyncio.to_thread(start_server, database.environment())
    try:
        async with (
            talking(server, await cast.token("ruth")) as ruth,
            talking(server, await cast.token("mira")) as here,
            talking(other, await cast.token("mira")) as there,
        ):
            for line in (ruth, here, there):
                await line.open(conversation)
            await ruth.send("sign", conversation=conversation, word="thinking")
            await begin_session(cast)
            for line in (ruth, here, there):
                await line.until("session")
            await ruth.send("sign", conversation=conversation, word="take_your_time")
            for line in (here, there):
                sign = await line.until("sign")
                assert sign == {
                    "type": "sign",
                    "conversation": str(conversation),
                    "person": str(cast["ruth"].id),
                    "word": "take_your_time",
                }
            assert not [f for f in await ruth.so_far() if f["type"] == "sign"]
            await ruth.send("sign", conversation=conversation, word="nonsense")
            assert (await ruth.until("refused"))["code"] == "malformed"
            await ruth.send("sign", conversation=cast.conversation("omar"), word="reading")
            for _ in range(20):
                await ruth.send("sign", conversation=conversation, word="reading")
            await ruth.so_far()
            assert len([f for f in await here.so_far() if f["type"] == "sign"]) < 8
            assert len(await record(server, await cast.token("ruth"), str(conversation))) == 1
            await finish_session(cast)
            await here.until("session")
            await ruth.until("session")
            await ruth.send("sign", conversation=conversation, word="reading")
            await ruth.so_far()
            assert not [f for f in await here.so_far() if f["type"] == "sign"]
    finally:
        await asyncio.to_thread(other.stop)


async def test_a_correction_reaches_an_open_page_and_a_fresh_one_alike(
    server: RunningServer, database: TestDatabase, cast: Cast
) -> None:
    await begin_session(cast)
    conversation = cast.conversation("ruth")
    other = await asyncio.to_thread(start_server, database.environment())
    try:
        async with (
            talking(server, await cast.token("ruth")) as ruth,
            talking(server, await cast.token("ruth")) as phone,
            talking(other, await cast.token("mira")) as mira,
        ):
            for line in (ruth, phone, mira):
                await line.open(conversation, after=1)
            await ruth.say(conversation, "I am fien")
            await ruth.say(conversation, "I am lost")
            key = uuid4()
            said = await amend(ruth, "correct", conversation, 2, text="I am fine", key=key)
            assert (said["type"], said["number"]) == ("said", 4)
            assert await amend(ruth, "correct", conversation, 2, text="I am fine", key=key) == said
            assert (await amend(ruth, "withdraw", conversation, 3))["number"] == 5
            for line in (phone, mira):
                event = await line.until("event")
                assert (event["event"], event["amends"], event["text"]) == ("corrected", 2, "I am fine")
                event = await line.until("event")
                assert (event["event"], event["amends"], "text" in event) == ("withdrawn", 3, False)
            async with talking(server, await cast.token("mira")) as fresh:
                await fresh.open(conversation, after=1)
                assert await fresh.numbered(5) == [2, 3, 4, 5]
                assert folded(fresh.heard) == folded(mira.heard)
            first, second = (await record(server, await cast.token("mira"), str(conversation)))[1:3]
            assert (first["text"], first["edited"]) == ("I am fine", True)
            assert (second["withdrawn"], "text" in second) == (True, False)
            assert "lost" not in str(fresh.heard)
    finally:
        await asyncio.to_thread(other.stop)


def folded(frames: list[dict[str, Any]]) -> dict[int, tuple[str | None, bool]]:
    """What a page shows after these frames: by number, its text, or None for withdrawn; and whether it was edited."""
    page: dict[int, tuple[str | None, bool]] = {}
    for frame in frames:
        if frame["type"] == "message":
            gone = frame.get("withdrawn", False)
            page[frame["number"]] = (None if gone else frame["text"], frame.get("edited", False))
        elif frame.get("event") == "corrected" and page[frame["amends"]][0] is not None:
            page[frame["amends"]] = (frame["text"], True)
        elif frame.get("event") == "withdrawn":
            page[frame["amends"]] = (None, False)
    return page


@pytest.mark.parametrize(
    ("number", "text", "code"),
    [
        (1, "an event", "not_found"),
        (3, "somebody else's", "not_found"),
        (99, "nobody's", "not_found"),
        (2**40, "far", "not_found"),
        (-1, "below", "not_found"),
        (2, "x" * (CHAT_LIMIT + 1), "too_long"),
        (2, "  ", "malformed"),
        ("2", "no number", "malformed"),
        (2.5, "no number", "malformed"),
        (2**70, "farther", "not_found"),
        (None, "no number", "malformed"),
    ],
)
async def test_what_cannot_be_corrected_is_refused_with_its_key(
    server: RunningServer, cast: Cast, number: object, text: str, code: str
) -> None:
    await begin_session(cast)
    conversation = cast.conversation("ruth")
    async with (
        talking(server, await cast.token("ruth")) as ruth,
        talking(server, await cast.token("mira")) as mira,
    ):
        await ruth.open(conversation)
        await ruth.say(conversation, "mine")
        await mira.say(conversation, "hers")
        assert (await amend(ruth, "correct", conversation, number, text=text))["code"] == code
        assert len(await record(server, await cast.token("mira"), str(conversation))) == 3


async def test_a_hundred_kilobytes_are_no_correction(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.send("correct", conversation=uuid4(), key=uuid4(), number=2, text="x" * 100_000)
        assert await ruth.closed() == 4413


async def test_both_sides_learn_within_two_seconds_that_the_time_is_over(
    server: RunningServer, database: TestDatabase, cast: Cast
) -> None:
    conversation = cast.conversation("ruth")
    other = await asyncio.to_thread(start_server, database.environment(), "--roles", "web")
    try:
        live = await almost_over(cast, left=5)
        async with (
            talking(server, await cast.token("mira")) as mira,
            talking(other, await cast.token("ruth")) as ruth,
        ):
            for line in (mira, ruth):
                opened = await line.open(conversation)
                assert opened["session"]["notices"] == [10, 5]
                assert (opened["session"]["grace_minutes"], opened["session"]["plan_b_minutes"]) == (15, 5)
            for line in (mira, ruth):
                event = await line.until("event", event="session_ended")
                assert event["facts"]["by"] == "time"
                assert (await line.until("session"))["session"]["state"] == "ended"
                assert cast.office.clock() - live.words_until < timedelta(seconds=2)
                assert cast.office.clock() > live.words_until
            assert (await ruth.say(conversation, "one more thing"))["code"] == "no_session"
        ended = await cast.office.memory.sessions.named(cast.practice.id, live.id)
        assert ended is not None
        assert ended.state is SessionState.ENDED
    finally:
        await asyncio.to_thread(other.stop)


async def test_the_therapists_end_at_the_last_moment_is_one_end_with_the_clocks(
    server: RunningServer, cast: Cast
) -> None:
    lives = [await almost_over(cast, left=2, conversation=name) for name in ("ruth", "linden", "ben")]
    token = await cast.token("mira")
    async with talking(server, token) as mira:
        for live in lives:
            await mira.open(live.conversation)
        for live in lives:
            while cast.office.clock() < live.words_until:
                await mira.so_far()
            status, _ = await call(server, token, "POST", f"/sessions/{live.id}/end")
            assert status in (200, 409)
    for live in lives:
        kept = await record(server, token, str(live.conversation))
        assert [one["event"] for one in kept] == ["session_opened", "session_ended"]


async def test_the_record_of_a_session_says_what_happened_and_only_to_those_who_hold_it(
    server: RunningServer, cast: Cast
) -> None:
    conversation = cast.conversation("ruth")
    mira, ruth = await cast.token("mira"), await cast.token("ruth")
    _, opened = await call(server, mira, "POST", f"/conversations/{conversation}/sessions", {"minutes": 50})
    path = f"/sessions/{opened['id']}"
    async with talking(server, ruth) as line:
        await line.open(conversation)
        await line.say(conversation, "words that stay out of it")
    assert (await call(server, mira, "POST", f"{path}/extend", {"minutes": 10}))[0] == 200
    assert (await call(server, ruth, "POST", f"{path}/extend", {"minutes": 10}))[0] == 404
    await call(server, mira, "POST", f"{path}/end")
    first = {
        "key": str(uuid4()),
        "text": "I will sleep",
        "homework": "Walk",
        "next": "2026-12-01T18:00:00+01:00",
    }
    status, answer = await call(server, ruth, "POST", f"{path}/closing", first)
    assert status == 201
    assert await call(server, ruth, "POST", f"{path}/closing", first) == (200, answer)
    assert (await call(server, ruth, "POST", f"{path}/closing", {**first, "homework": "Run"}))[0] == 409
    better = {"key": str(uuid4()), "text": "I will sleep early"}
    assert (await call(server, ruth, "POST", f"{path}/closing", better))[0] == 201
    assert (await call(server, mira, "POST", f"{path}/closing", {**better, "key": str(uuid4())}))[0] == 201
    status, kept = await call(server, mira, "GET", f"{path}/record")
    assert status == 200
    assert kept["session"]["state"] == "ended"
    assert kept["opened"]["author"] == kept["ended"]["author"] == str(cast["mira"].id)
    assert kept["ended"]["by"] == "clinician"
    assert [one["by"] for one in kept["extensions"]] == ["10"]
    assert [(one["person"], one["messages"]) for one in kept["spoke"]] == [(str(cast["ruth"].id), 1)]
    assert set(kept["people"]) == {str(cast["mira"].id), str(cast["ruth"].id)}
    assert [one["text"] for one in kept["closings"]] == ["I will sleep early"] * 2
    assert "words that stay" not in str(kept)
    assert (await call(server, ruth, "GET", f"{path}/record"))[0] == 404
    assert (await call(server, await cast.token("eli"), "GET", f"{path}/record"))[0] == 404
    assert (await call(server, await cast.token("eli"), "POST", f"{path}/closing", better))[0] == 404
    amending = [e for e in await record(server, ruth, str(conversation)) if e.get("event") == "closing"]
    assert [(e["text"], e.get("amends")) for e in amending] == [
        ("I will sleep", None),
        ("I will sleep early", amending[0]["number"]),
        ("I will sleep early", None),
    ]


async def test_the_rules_of_a_practice_are_its_clinicians_and_administrators_to_set(
    server: RunningServer, cast: Cast
) -> None:
    wanted = {"grace_minutes": 10, "regions": ["Wien"]}
    assert (await call(server, await cast.token("ruth"), "PUT", "/session-rules", wanted))[0] == 404
    status, rules = await call(server, await cast.token("nour"), "PUT", "/session-rules", wanted)
    assert (status, rules["grace_minutes"], rules["plan_b_minutes"]) == (200, 10, 5)
    status, rules = await call(server, await cast.token("mira"), "PUT", "/session-rules", {"code_word": True})
    assert (rules["grace_minutes"], rules["code_word"], rules["regions"]) == (10, True, ["Wien"])
    assert (await call(server, await cast.token("ruth"), "GET", "/session-rules"))[1] == rules
    assert (await call(server, await cast.token("nour"), "PUT", "/session-rules", {"x": 1}))[0] == 422
    await begin_session(cast)
    async with talking(server, await cast.token("ruth")) as ruth:
        opened = await ruth.open(cast.conversation("ruth"))
        assert opened["session"]["grace_minutes"] == 10
