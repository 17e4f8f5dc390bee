"""The doors of the live endpoint: who comes in, what is refused in words, and what ends a connection."""

import json
import time
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from messaging.messages import CHAT_LIMIT
from messaging.trust.access import Work, errand
from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.journeys.talking import Line, call, talking
from tests.journeys.test_live_chat import begin_session


async def refusal(line: Line) -> tuple[str, str | None, str | None]:
    """What the next refusal says, and about what."""
    frame = await line.until("refused")
    return frame["code"], frame.get("conversation"), frame.get("key")


async def test_a_foreign_conversation_looks_like_an_absent_one(server: RunningServer, cast: Cast) -> None:
    foreign, absent, key = cast.conversation("omar"), nobody(), uuid4()
    async with talking(server, await cast.token("mira")) as mira:
        answers = []
        for conversation in (foreign, absent):
            await mira.send("open", conversation=conversation)
            opened = await mira.until("refused", conversation=str(conversation))
            said = await mira.say(conversation, "Hello?", key)
            assert (opened.pop("conversation"), said.pop("conversation")) == (str(conversation),) * 2
            answers.append((opened, said))
        assert answers[0] == answers[1]
        assert {answer["code"] for answer in answers[0]} == {"not_found"}
        for kind in ("typing", "read", "close"):
            await mira.send(kind, conversation=foreign, number=1)
        assert await mira.so_far() == []


async def test_an_administrator_has_no_conversation(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("nour")) as nour:
        await nour.send("open", conversation=cast.conversation("ruth"))
        assert (await refusal(nour))[0] == "not_found"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("not json", "malformed"),
        ("[1]", "malformed"),
        ("null", "malformed"),
        ("{}", "unknown_type"),
        ('{"type":"shout"}', "unknown_type"),
        ('{"type":1}', "unknown_type"),
        ('{"type":"open"}', "malformed"),
        ('{"type":"open","conversation":"7"}', "malformed"),
        ('{"type":"say","conversation":7,"key":8,"text":9}', "malformed"),
        ("[" * 30_000, "malformed"),
        (b'{"type":"ping"}', "malformed"),
    ],
)
async def test_a_frame_that_is_none_is_refused_and_the_line_stays(
    server: RunningServer, cast: Cast, sent: str | bytes, code: str
) -> None:
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.socket.send(sent)
        assert (await refusal(ruth))[0] == code
        assert await ruth.so_far() == []


@pytest.mark.parametrize("text", ["a\\u0000b", "a\\ud800b", "\\udfff", "", "   "])
async def test_words_that_cannot_be_kept_are_refused_with_their_key(
    server: RunningServer, cast: Cast, text: str
) -> None:
    await begin_session(cast)
    conversation, key = str(cast.conversation("ruth")), str(uuid4())
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(cast.conversation("ruth"))
        await ruth.socket.send(
            f'{{"type":"say","conversation":"{conversation}","key":"{key}","text":"{text}"}}'
        )
        assert await refusal(ruth) == ("malformed", conversation, key)


async def test_the_longest_words_are_kept_and_longer_ones_refused(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast)
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(cast.conversation("ruth"))
        assert (await ruth.say(cast.conversation("ruth"), "x" * CHAT_LIMIT))["type"] == "said"
        assert (await ruth.say(cast.conversation("ruth"), "x" * (CHAT_LIMIT + 1)))["code"] == "too_long"


@pytest.mark.parametrize("sign", ["\x01", "\N{GRINNING FACE}"])
async def test_words_that_grow_when_they_are_packed_are_kept_or_refused_in_words(
    server: RunningServer, cast: Cast, sign: str
) -> None:
    await begin_session(cast)
    conversation = cast.conversation("ruth")
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(conversation)
        for more, kind in ((0, "said"), (1, "refused")):
            key = str(uuid4())
            said = {"type": "say", "conversation": str(conversation), "key": key}
            await ruth.socket.send(json.dumps({**said, "text": sign * (CHAT_LIMIT + more)}))
            answer = await ruth.until("said", "refused", key=key)
            assert answer["type"] == kind
            assert answer.get("code") in (None, "too_long")


async def test_an_oversized_frame_ends_the_connection(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.socket.send(json.dumps({"type": "ping", "more": "x" * 65_536}))
        assert await ruth.closed() == 4413


async def test_many_characters_in_many_bytes_are_oversized_too(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.socket.send('{"type":"ping","more":"' + "\N{GRINNING FACE}" * 16_400 + '"}')
        assert await ruth.closed() == 4413


async def test_a_program_that_keeps_sending_nonsense_is_let_go(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("ruth")) as ruth:
        for _ in range(51):
            await ruth.socket.send("nonsense")
        assert await ruth.closed() == 4400


async def test_a_flooder_is_told_to_slow_down_and_others_are_not(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast)
    conversation = cast.conversation("ruth")
    async with (
        talking(server, await cast.token("ruth")) as ruth,
        talking(server, await cast.token("mira")) as mira,
    ):
        await ruth.open(conversation)
        # Empty words cost the server nothing, so that even a slow machine floods it: they count all the same.
        codes = [(await ruth.say(conversation, ""))["code"] for _ in range(150)]
        assert codes[:100] == ["malformed"] * 100
        assert "too_fast" in codes[100:]
        assert (await mira.say(conversation, "Take your time."))["type"] == "said"


async def test_a_removed_member_is_closed_within_two_seconds_and_hears_no_more(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast, "ben")
    conversation = cast.conversation("ben")
    async with (
        talking(server, await cast.token("tess")) as tess,
        talking(server, await cast.token("ben")) as ben,
    ):
        await tess.open(conversation)
        await ben.open(conversation)
        removed = time.monotonic()
        await cast.house.office.memory.conversations.remove_member(
            errand(cast.practice.id, conversation, Work.FOUNDING), cast["tess"].id, cast.office.clock()
        )
        assert await tess.closed() == 4403
        assert time.monotonic() - removed < 2
        assert (await ben.say(conversation, "Only us now."))["type"] == "said"
        assert "Only us now." not in json.dumps(tess.heard)
    async with talking(server, await cast.token("tess")) as tess:
        await tess.send("open", conversation=conversation, after=1)
        assert (await refusal(tess))[0] == "not_found"


async def test_signing_out_closes_that_sign_ins_connections_and_no_others(
    server: RunningServer, cast: Cast
) -> None:
    ending, staying = await cast.token("ruth"), await cast.token("ruth")
    async with talking(server, ending) as here, talking(server, staying) as there:
        await here.so_far()
        status, _ = await call(server, ending, "DELETE", "/sign-ins/current")
        assert status == 204
        assert await here.closed() == 4401
        assert await there.so_far() == []


@pytest.mark.parametrize("token", [None, "", "nonsense", "ql_" + "A" * 60])
async def test_without_a_sign_in_the_connection_is_closed_at_once(
    server: RunningServer, token: str | None
) -> None:
    async with talking(server, token) as nobody_known:
        assert await nobody_known.closed() == 4401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_site_gets_no_socket(server: RunningServer, cast: Cast, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with talking(server, await cast.token("ruth"), origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_page_gets_one(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("ruth"), origin=server.http) as ruth:
        assert ruth.socket.subprotocol == "quietline.v1"
        assert await ruth.so_far() == []


async def test_those_who_leave_without_a_word_leave_nothing_behind(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast)
    conversation = cast.conversation("ruth")
    async with talking(server, await cast.token("mira")) as mira:
        await mira.open(conversation)
        async with talking(server, await cast.token("ruth")) as ruth:
            await ruth.open(conversation)
            assert (await mira.until("presence"))["here"] is True
            ruth.socket.transport.abort()
            assert (await mira.until("presence"))["here"] is False
