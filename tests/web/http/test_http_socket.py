"""Requests that are endless, huge or slow in any of their parts: bounded, refused in words, and nobody else's business."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from tests.web.http.transport import Transport
from web.http import http_socket
from web.http.callers import Bounds, Callers
from web.http.http_socket import BODY, FRAMING, HEAD, PIECE, HttpSocket

OPENED: Final = b"GET / HTTP/1.1\r\nHost: ours\r\n"
CHUNKED: Final = b"POST / HTTP/1.1\r\nHost: ours\r\nTransfer-Encoding: chunked\r\n\r\n"
UPGRADED: Final = OPENED + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
PLENTY: Final = 16 * 1024 * 1024
"""Bytes an attacker sends of each part, unless stopped."""

PARTS: Final[dict[str, tuple[bytes, Callable[[int], bytes], int, int]]] = {
    "blank lines": (b"", lambda _: b"\r\n" * 50, 431, HEAD),
    "the method": (b"", lambda _: b"A" * 100, 400, HEAD),
    "the target": (b"GET /", lambda _: b"a" * 100, 414, HEAD),
    "the query": (b"GET /?", lambda _: b"a" * 100, 414, HEAD),
    "a field's name": (OPENED, lambda _: b"x" * 100, 431, HEAD),
    "a field's value": (OPENED + b"x: ", lambda _: b"y" * 100, 431, HEAD),
    "the number of fields": (OPENED, lambda at: b"x%d: y\r\n" % at, 431, HEAD),
    "a cookie": (OPENED + b"Cookie: a=", lambda _: b"=; a" * 25, 431, HEAD),
    "a handshake's value": (UPGRADED + b"Sec-WebSocket-Key: ", lambda _: b"a" * 100, 431, HEAD),
    "a handshake's fields": (UPGRADED, lambda at: b"x%d: y\r\n" % at, 431, HEAD),
    "a chunk's length": (CHUNKED, lambda _: b"0" * 100, 400, FRAMING),
    "a chunk's extension": (CHUNKED + b"5;a=", lambda _: b"b" * 100, 400, FRAMING),
    "chunks of one byte": (CHUNKED, lambda _: b"1\r\na\r\n" * 20, 400, 3 * FRAMING),
    "a trailer's name": (CHUNKED + b"0\r\n", lambda _: b"x" * 100, 400, FRAMING),
    "a trailer's value": (CHUNKED + b"0\r\nx: ", lambda _: b"y" * 100, 400, FRAMING),
    "the number of trailers": (CHUNKED + b"0\r\n", lambda at: b"x%d: y\r\n" % at, 431, FRAMING),
    "a chunked body": (CHUNKED, lambda _: b"1000\r\n" + b"z" * 4096 + b"\r\n", 413, BODY + FRAMING),
    "a body of a length": (
        b"POST / HTTP/1.1\r\nHost: ours\r\nContent-Length: 99999999\r\n\r\n",
        lambda _: b"z" * 4096,
        413,
        BODY + FRAMING,
    ),
    "requests in a row": (b"", lambda _: OPENED + b"\r\n", 503, HEAD + 64 * 1024),
}
"""What comes first, what then comes without end, the status it ends with, and how many bytes may have been read by then."""


class Server:
    """A listener's side of as many connections as a test needs; the application reads the body whole and answers."""

    def __init__(self, bounds: Bounds | None = None, trusted: tuple[str, ...] = ()) -> None:
        self.callers = Callers(trusted, bounds)
        self.state = ServerState()
        self.bodies: list[bytes] = []
        self.headers: list[list[tuple[bytes, bytes]]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.bodies.append(body)
        self.headers.append(list(scope["headers"]))
        await self.may_answer.wait()
        await PlainTextResponse("answered")(scope, receive, send)

    def called(self, address: str = "192.0.2.1") -> tuple[HttpSocket, Transport]:
        config: Any = uvicorn.Config(
            self.app, log_config=None, ws="none", interface="asgi3", proxy_headers=False
        )
        made = HttpSocket(config, self.state, {}, callers=self.callers)
        transport = Transport(address)
        made.connection_made(transport)
        return made, transport

    async def settled(self) -> None:
        while self.state.tasks:
            await asyncio.wait(set(self.state.tasks))


@pytest.fixture(autouse=True)
def no_lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_socket, "LINGER", 0.0)
    monkeypatch.setattr(http_socket, "CLOSING", 0.0)


def over(transport: Transport) -> bool:
    """Nothing more is read."""
    return not transport.reading or transport.closed


def status(transport: Transport) -> int:
    return int(transport.written.split()[1]) if transport.written else 0


def stream(part: str) -> Iterator[bytes]:
    first, more, _, _ = PARTS[part]
    yield first
    yield from (more(at) for at in range(PLENTY // 10))


@pytest.mark.parametrize("size", [1, 1460, 262_144], ids=["byte-by-byte", "packets", "whole-buffers"])
@pytest.mark.parametrize("part", PARTS)
async def test_no_part_of_a_request_is_read_without_end(part: str, size: int) -> None:
    server = Server()
    server.may_answer.clear()  # of requests in a row the first is being answered
    made, transport = server.called()
    _, _, expected, most = PARTS[part]
    read, pieces, waiting = 0, stream(part), b""
    if size == 1 and most > 4 * FRAMING:
        size = 512  # eight megabytes one by one prove nothing more
    while not over(transport):
        while len(waiting) < size:
            waiting += next(pieces)
        made.data_received(waiting[:size])
        read += min(size, PIECE)
        waiting = waiting[size:]
        assert read <= most + 4 * PIECE or size > PIECE
        if not transport.reading and not transport.ended:
            await asyncio.sleep(0)  # the application takes what was read
    assert status(transport) == expected
    assert made._came <= most + PIECE
    assert (server.callers.sending, server.callers.held) == (0, 0)
    server.may_answer.set()
    await server.settled()
    other, answered = server.called()
    other.data_received(OPENED + b"\r\n")
    await server.settled()
    assert status(answered) == 200


@pytest.mark.parametrize("part", PARTS)
async def test_no_part_of_a_request_may_take_for_ever(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_socket, "HEAD_SECONDS", 0.0)
    monkeypatch.setattr(http_socket, "BODY_SECONDS", 0.0)
    server = Server()
    made, transport = server.called()
    first, more, _, _ = PARTS[part]
    made.data_received((first or more(0))[:20] if part == "requests in a row" else first + more(0)[:3])
    await asyncio.wait_for(transport.cut.wait(), 5)
    assert status(transport) in (408, 200, 400)
    assert (server.callers.sending, server.callers.held) == (0, 0)


async def test_who_says_nothing_at_all_is_let_go_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_socket, "HEAD_SECONDS", 0.0)
    _, transport = Server().called()
    await asyncio.wait_for(transport.cut.wait(), 5)
    assert transport.written == b""


async def test_who_does_not_take_the_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_socket, "TAKING_SECONDS", 0.0)
    made, transport = Server().called()
    made.pause_writing()
    await asyncio.wait_for(transport.cut.wait(), 5)


# ---------------------------------------------------------------- how many


async def test_of_a_thousand_half_open_requests_the_oldest_go_and_who_comes_is_served() -> None:
    server = Server(Bounds(of_one_network=20, in_all=1_000, grace=0.0))
    crowd = [server.called("203.0.113.9") for _ in range(200)]
    for made, _ in crowd:
        made.data_received(OPENED)
    await asyncio.wait_for(crowd[0][1].cut.wait(), 5)
    left = [over(transport) for _, transport in crowd]
    assert left == [True] * 180 + [False] * 20
    assert status(crowd[0][1]) == 503
    made, transport = server.called("203.0.113.9")
    made.data_received(OPENED + b"\r\n")
    await server.settled()
    assert status(transport) == 200


async def test_many_networks_are_bounded_together_and_a_proxy_only_so() -> None:
    server = Server(Bounds(of_one_network=5, in_all=50, grace=0.0), trusted=("10.0.0.1",))
    proxied = [server.called("10.0.0.1") for _ in range(40)]
    others = [server.called(f"198.18.0.{one}") for one in range(20)]
    await asyncio.wait_for(proxied[0][1].cut.wait(), 5)
    assert sum(over(transport) for _, transport in proxied) == 10
    assert not any(over(transport) for _, transport in others)
    assert server.callers.sending == 50


async def test_in_the_moment_when_everybody_comes_back_nobody_is_sent_away() -> None:
    server = Server()
    crowd = [server.called("203.0.113.9") for _ in range(2_000)]
    for made, _ in crowd:
        made.data_received(OPENED + b"\r\n")
    await server.settled()
    assert {status(transport) for _, transport in crowd} == {200}
    assert server.callers.sending == 0


async def test_bodies_of_all_connections_are_bounded_together_and_the_slow_make_room() -> None:
    server = Server(Bounds(bodies=100_000))
    slow = [server.called() for _ in range(12)]
    for made, _ in slow:
        made.data_received(b"POST / HTTP/1.1\r\nHost: ours\r\nContent-Length: 20000\r\n\r\n" + b"z" * 10_000)
    assert [over(transport) for _, transport in slow] == [True, True] + [False] * 10
    assert server.callers.held <= 100_000
    made, transport = server.called()
    made.data_received(b"POST / HTTP/1.1\r\nHost: ours\r\nContent-Length: 9000\r\n\r\n" + b"z" * 9_000)
    for one, _ in slow[3:]:
        one.data_received(b"z" * 10_000)
    await server.settled()
    assert status(transport) == 200
    assert server.callers.held == 0


# ---------------------------------------------------------------- what is said twice


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET / HTTP/1.1\r\nHost: ours\r\n\r\n", 200),
        (b"GET http://ours/ HTTP/1.1\r\nHost: ours\r\n\r\n", 200),
        (b"GET http://OURS/ HTTP/1.1\r\nHost: ours\r\n\r\n", 200),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
        (b"GET http://user@ours/ HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
        (b"GET ftp://ours/ HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
        (b"GET http://[/ HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: ours\r\nHost: ours\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: ours\r\nHOST: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT ours:1 HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: ours\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (
            b"POST / HTTP/1.1\r\nHost: ours\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"GET / HTTP/1.1\r\nHost: ours\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : ours\r\n\r\n", 400),
    ],
)
async def test_what_two_readers_could_read_differently_is_refused(request_: bytes, expected: int) -> None:
    server = Server()
    made, transport = server.called()
    made.data_received(request_)
    await server.settled()
    assert status(transport) == expected
    assert len(server.bodies) == (expected == 200)


async def test_a_trailer_does_not_come_into_the_header() -> None:
    server = Server()
    made, transport = server.called()
    made.data_received(CHUNKED + b"5\r\nhello\r\n0\r\nAuthorization: Bearer x\r\nHost: evil.example\r\n\r\n")
    await server.settled()
    assert (status(transport), server.bodies) == (200, [b"hello"])
    assert [name for name, _ in server.headers[0]] == [b"host", b"transfer-encoding"]


async def test_a_connection_serves_one_request_after_another() -> None:
    server = Server()
    made, transport = server.called()
    for _ in range(3):
        for piece in (OPENED, b"x: y\r\n", b"\r\n"):
            made.data_received(piece)
        await server.settled()
    made.data_received(2 * (b"POST / HTTP/1.1\r\nHost: ours\r\nContent-Length: 3\r\n\r\nabc"))
    await server.settled()
    assert transport.written.count(b"HTTP/1.1 200 OK") == 5
    assert server.callers.sending == 0
    made._unset_keepalive_if_required()
