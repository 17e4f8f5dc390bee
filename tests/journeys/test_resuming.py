"""Coming back by number: after a tab was asleep, and after the network was cut in the middle of a frame, either way."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.journeys.talking import record, talking
from tests.journeys.test_live_chat import begin_session, said_elsewhere

TEXT: Final = 0x81
MASKED: Final = 0x80
LENGTH_FOLLOWS: Final = 126


async def test_a_tab_that_slept_reads_on_where_it_was_on_the_same_line(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    conversation = cast.conversation("ruth")
    async with talking(server, await cast.token("ruth"), max_queue=1) as ruth:
        await ruth.open(conversation, after=1)
        # Nobody reads meanwhile; the kernel and the server keep what comes, within their bounds.
        await said_elsewhere(cast, 200, "x" * 2_000)
        await said_elsewhere(cast, 1, "Are you there?")
        assert await ruth.numbered(202) == list(range(2, 203))
        assert (await ruth.say(conversation, "I am back."))["number"] == 203


class RawLine:
    """A WebSocket by hand (RFC 6455), to be cut wherever one likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, frame: dict[str, Any], *, but: int = 0) -> None:
        """A masked text frame, without its last bytes. A mask of zeros changes nothing."""
        payload = json.dumps(frame, default=str).encode()
        head = bytes((TEXT, MASKED | LENGTH_FOLLOWS)) + struct.pack("!H", len(payload)) + bytes(4)
        whole = head + payload
        self.writer.write(whole[: len(whole) - but])

    async def head(self) -> int:
        """The head of the next frame from the server: how long it is."""
        _, size = await self.reader.readexactly(2)
        if size == LENGTH_FOLLOWS:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        return int(size)

    async def until(self, kind: str) -> dict[str, Any]:
        """The next whole frame of this type."""
        while True:
            frame: dict[str, Any] = json.loads(await self.reader.readexactly(await self.head()))
            if frame["type"] == kind:
                return frame

    def cut(self) -> None:
        """The network is gone: what is under way is lost, and nobody says goodbye."""
        self.writer.transport.abort()


@asynccontextmanager
async def raw_line(server: RunningServer, token: str) -> AsyncIterator[RawLine]:
    address = urlsplit(server.http)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    asked = (
        "GET /live HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol: quietline.v1",
        f"Authorization: Bearer {token}",
        "\r\n",
    )
    writer.write("\r\n".join(asked).encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    line = RawLine(reader, writer)
    try:
        yield line
    finally:
        line.cut()


def opening(conversation: UUID, after: int) -> dict[str, Any]:
    return {"type": "open", "conversation": conversation, "after": after}


def saying(conversation: UUID, key: UUID, text: str) -> dict[str, Any]:
    return {"type": "say", "conversation": conversation, "key": key, "text": text}


async def test_words_cut_in_the_middle_are_not_kept_and_said_once_when_they_come_again(
    server: RunningServer, cast: Cast
) -> None:
    await begin_session(cast)
    conversation, key, token = cast.conversation("ruth"), uuid4(), await cast.token("ruth")
    text = "I wanted to say this for a long time. " * 20
    async with raw_line(server, token) as lost:
        lost.send(opening(conversation, 1))
        await lost.until("opened")
        lost.send(saying(conversation, key, text), but=100)
        await lost.writer.drain()
    async with talking(server, token) as ruth:
        await ruth.open(conversation, after=1)
        assert len(await record(server, token, str(conversation))) == 1
        assert (await ruth.say(conversation, text, key))["number"] == 2
    kept = await record(server, token, str(conversation))
    assert [(e["number"], e.get("key")) for e in kept[1:]] == [(2, str(key))]


async def test_an_answer_cut_in_the_middle_is_given_again(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast)
    conversation, key, token = cast.conversation("ruth"), uuid4(), await cast.token("ruth")
    async with raw_line(server, token) as lost:
        lost.send(opening(conversation, 1))
        await lost.until("opened")
        lost.send(saying(conversation, key, "Did you hear me?"))
        size = await lost.head()
        await lost.reader.readexactly(size // 2)
    async with talking(server, token) as ruth:
        await ruth.open(conversation, after=1)
        said = await ruth.say(conversation, "Did you hear me?", key)
        assert (said["type"], said["number"]) == ("said", 2)
    assert len(await record(server, token, str(conversation))) == 2


async def test_a_reader_cut_in_the_middle_of_a_frame_is_told_that_number_again(
    database: TestDatabase, cast: Cast, tmp_path: Path
) -> None:
    await begin_session(cast)
    conversation, token = cast.conversation("ruth"), await cast.token("ruth")
    with (tmp_path / "log").open("w") as log:
        server = await asyncio.to_thread(start_server, database.environment(), "--roles", "web", log=log)
    try:
        async with raw_line(server, token) as lost:
            lost.send(opening(conversation, 1))
            await lost.until("opened")
            await said_elsewhere(cast, 40, "x" * 10_000)
            last = (await lost.until("message"))["number"]
            await lost.reader.readexactly((await lost.head()) // 2)
        async with talking(server, token) as ruth:
            await ruth.open(conversation, after=last)
            assert await ruth.numbered(41) == list(range(last + 1, 42))
    finally:
        await asyncio.to_thread(server.stop)
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert '"level": "error"' not in said
