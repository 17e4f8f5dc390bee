"""A socket in our hands: frames in and out at once, room that is watched, and an end that does come."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from uvicorn.server import ServerState

from tests.web.http.transport import Transport
from web.http import sockets
from web.http.sockets import LiveSocket, socket_of

UPGRADE = (
    b"GET /live HTTP/1.1\r\nHost: ours\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.frames: list[str | bytes] = []
        self.flushed = 0
        self.left = asyncio.Event()

    def take(self, frame: str | bytes) -> None:
        self.frames.append(frame)

    def flush(self) -> None:
        self.flushed += 1

    def gone(self) -> None:
        assert not self.left.is_set()
        self.left.set()


async def listened_to(
    heard: Heard, before: Callable[[LiveSocket], None] = lambda _: None
) -> tuple[LiveSocket, Transport]:
    """A socket whose application has handed it to `heard` and returned."""
    returned = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await WebSocket(scope, receive, send).accept()
        found = socket_of(scope)
        assert found is not None
        before(found)
        found.listen(heard)
        returned.set()

    state = ServerState()
    made = LiveSocket(
        config=uvicorn.Config(app, log_config=None, ws_ping_interval=None), server_state=state, app_state={}
    )
    transport = Transport()
    made.connection_made(transport)
    made.data_received(UPGRADE)
    await returned.wait()
    await asyncio.gather(*state.tasks)
    assert transport.written.startswith(b"HTTP/1.1 101 ")
    transport.written = b""
    return made, transport


def masked(kind: int, payload: bytes) -> bytes:
    """A client's frame, its mask of zeros."""
    return bytes((0x80 | kind, 0x80 | len(payload))) + bytes(4) + payload


async def test_the_application_returns_and_the_connection_lives_on() -> None:
    heard = Heard()
    made, transport = await listened_to(heard)
    made.data_received(masked(1, "grüß dich".encode()) + masked(2, b"\x00"))
    assert heard.frames == ["grüß dich", b"\x00"]
    assert not transport.closed


async def test_what_came_while_it_was_asked_who_is_there_comes_first() -> None:
    heard = Heard()
    made, _ = await listened_to(heard, lambda socket: socket.data_received(masked(1, b"early")))
    made.data_received(masked(1, b"late"))
    assert heard.frames == ["early", "late"]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
async def test_a_frame_of_any_length_is_framed_as_the_standard_says(size: int) -> None:
    made, transport = await listened_to(Heard())
    made.send_text("x" * size)
    head = {0: b"\x81\x00", 125: b"\x81\x7d", 126: b"\x81\x7e\x00\x7e", 65535: b"\x81\x7e\xff\xff"}
    assert transport.written == head.get(size, b"\x81\x7f" + (65536).to_bytes(8, "big")) + b"x" * size


async def test_words_that_are_not_unicode_end_the_connection_with_1007() -> None:
    heard = Heard()
    made, transport = await listened_to(heard)
    made.data_received(masked(1, b"\xff\xfe"))
    assert transport.written[:4] == b"\x88\x0b\x03\xef"
    await heard.left.wait()
    assert heard.frames == []


async def test_a_full_transport_says_so_and_tells_when_it_has_room_again() -> None:
    heard = Heard()
    made, _ = await listened_to(heard)
    made.pause_writing()
    full = made.clear
    made.resume_writing()
    assert [full, made.clear] == [False, True]
    assert heard.flushed == 1


async def test_who_does_not_answer_our_goodbye_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "CLOSING", 0)
    heard = Heard()
    made, transport = await listened_to(heard)
    made.pause_writing()  # nothing is taken any more, so nothing said now will ever arrive
    made.end(4408, "lagging")
    assert transport.written[:4] == b"\x88\x09\x11\x38"
    await heard.left.wait()
    await asyncio.wait_for(transport.cut.wait(), 5)


async def test_who_answers_our_goodbye_is_let_go_at_once() -> None:
    heard = Heard()
    made, transport = await listened_to(heard)
    made.end(4401, "signed out")
    before = transport.closed
    made.data_received(masked(8, (4401).to_bytes(2, "big")))
    assert [before, transport.closed] == [False, True]
    made.connection_lost(None)
    assert made._cut is None
    await heard.left.wait()


async def test_after_the_end_nothing_is_said_and_nothing_heard() -> None:
    heard = Heard()
    made, transport = await listened_to(heard)
    made.end(4401, "signed out")
    said = transport.written
    made.send_text("too late")
    made.data_received(masked(1, b"too late"))
    assert transport.written == said
    assert heard.frames == []


async def test_who_leaves_without_a_word_is_noticed() -> None:
    heard = Heard()
    made, _ = await listened_to(heard)
    made.connection_lost(ConnectionResetError())
    await heard.left.wait()


async def test_of_a_connection_lost_while_it_was_asked_who_is_there_no_socket_is_left() -> None:
    found: list[LiveSocket | None] = []
    lost, asked = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await WebSocket(scope, receive, send).accept()
        found.append(socket_of(scope))
        asked.set()
        await lost.wait()
        found.append(socket_of(scope))

    state = ServerState()
    made = LiveSocket(
        config=uvicorn.Config(app, log_config=None, ws_ping_interval=None), server_state=state, app_state={}
    )
    made.connection_made(Transport())
    made.data_received(UPGRADE)
    await asked.wait()
    made.connection_lost(None)
    lost.set()
    await asyncio.gather(*state.tasks)
    assert found == [made, None]


async def test_an_application_that_fails_ends_the_connection() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("words nobody may read")

    state = ServerState()
    config: Any = uvicorn.Config(app, log_config=None)
    made = LiveSocket(config=config, server_state=state, app_state={})
    transport = Transport()
    made.connection_made(transport)
    made.data_received(UPGRADE)
    await asyncio.gather(*state.tasks)
    assert transport.written.startswith(b"HTTP/1.1 500 ")
    assert transport.closed
