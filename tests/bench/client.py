"""A WebSocket client for load: as little work per frame as Python allows, so that the server is what is measured.

RFC 6455 as far as our own servers on loopback use it: whole text frames, ping, close. Anything else is an error.
"""

import asyncio
import base64
import os
import socket
from collections.abc import Callable
from typing import Final, cast
from urllib.parse import urlsplit

TEXT: Final = 0x81
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
# Masking hides bytes from caches between browser and server (RFC 6455, 10.3). Over loopback there are none, and a key of
# zeros spares the generator the work without sparing the server anything: it unmasks all the same.
KEY: Final = b"\x00\x00\x00\x00"

OnText = Callable[[bytes], None]
OnClose = Callable[[int], None]


class HandshakeRefused(Exception):
    """The server did not switch protocols; the text is its status line."""


class LoadClient(asyncio.Protocol):
    """One connection. `on_text` gets each text frame's bytes, `on_close` the close code (1006 without one)."""

    def __init__(self, host: str, path: str, token: str | None) -> None:
        self._head = _handshake(host, path, token)
        self._buffer = b""
        self._code = 1006
        self._handle: Callable[[bytes], None] = self._upgrade
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_text: OnText = lambda text: None
        self.on_close: OnClose = lambda code: None
        self._transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """Bytes of the handshake, then of frames."""
        self._handle(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, whoever wanted it."""
        if not self.ready.done():
            self.ready.set_exception(HandshakeRefused("the connection was lost before the upgrade"))
        self.on_close(self._code)
        if not self.ended.done():
            self.ended.set_result(None)

    def send(self, text: bytes) -> None:
        """One text frame."""
        if self._transport is not None:
            self._transport.write(_frame(TEXT, text))

    def leave(self) -> None:
        """Closes without a word; the server sees the connection go."""
        if self._transport is not None:
            self._transport.abort()

    def stop_reading(self) -> None:
        """From now on nothing is taken."""
        if self._transport is not None:
            self._transport.pause_reading()

    def read_on(self) -> None:
        """Takes again what is there."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _upgrade(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        self._buffer = b""
        status = head.partition(b"\r\n")[0]
        if b" 101 " not in status + b" ":
            self.ready.set_exception(HandshakeRefused(status.decode("latin-1")))
            return
        self._handle = self._frames
        self.ready.set_result(None)
        if rest:
            self._frames(rest)

    def _frames(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                start = at + 4
                size = int.from_bytes(data[at + 2 : start], "big")
            elif size == 127:
                start = at + 10
                size = int.from_bytes(data[at + 2 : start], "big")
            if end < start + size:
                break
            kind, at = data[at], start + size
            if kind == TEXT:
                self.on_text(data[start:at])
            else:
                self._control(kind, data[start:at])
        self._buffer = data[at:]

    def _control(self, kind: int, payload: bytes) -> None:
        assert self._transport is not None
        if kind == PING:
            self._transport.write(_frame(PONG, payload))
        elif kind == CLOSE:
            self._code = int.from_bytes(payload[:2], "big") if payload else 1005
            self._transport.write(_frame(CLOSE, payload[:2]))
            self._transport.close()
        else:
            raise ValueError(f"a frame this client does not know: {kind:#x}")


async def connect(url: str, token: str | None = None) -> LoadClient:
    """Connects and upgrades. Raises OSError, HandshakeRefused."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: LoadClient(f"{host}:{port}", parts.path, token), host, port
    )
    await client.ready
    return client


async def attend(connected: socket.socket, url: str, token: str | None = None) -> LoadClient:
    """The same over a socket of one's own. Raises HandshakeRefused."""
    parts = urlsplit(url)
    _, client = await asyncio.get_running_loop().create_connection(
        lambda: LoadClient(parts.netloc, parts.path, token), sock=connected
    )
    await client.ready
    return client


def _frame(kind: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((kind, 0x80 | size)) + KEY + payload
    if size < 65536:
        return bytes((kind, 0xFE)) + size.to_bytes(2, "big") + KEY + payload
    return bytes((kind, 0xFF)) + size.to_bytes(8, "big") + KEY + payload


def _handshake(host: str, path: str, token: str | None) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Protocol: quietline.v1",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
