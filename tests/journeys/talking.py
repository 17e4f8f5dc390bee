"""Talking to a real server over real sockets: a line that sends frames and waits for them, and the API beside it."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.conftest import RunningServer

DEADLINE: Final = 15.0
"""Seconds any awaited frame may take: far more than it should, for a busy machine."""

MOST_PAGES: Final = 1000

Frame = dict[str, Any]


@dataclass
class Line:
    """One WebSocket, as a browser would use it."""

    socket: ClientConnection
    heard: list[Frame] = field(default_factory=list)
    """Everything so far, in the order of its coming."""

    async def send(self, kind: str, **fields: object) -> None:
        """One frame."""
        await self.socket.send(json.dumps({"type": kind, **fields}, default=str, ensure_ascii=False))

    async def open(self, conversation: UUID, after: int = 0) -> Frame:
        """Follows a conversation; returns `opened`."""
        await self.send("open", conversation=conversation, after=after)
        return await self.until("opened", conversation=str(conversation))

    async def say(self, conversation: UUID, text: str, key: UUID | None = None) -> Frame:
        """Says it and returns the answer to this key."""
        key = key or uuid4()
        await self.send("say", conversation=conversation, key=key, text=text)
        return await self.until("said", "refused", key=str(key))

    async def next(self) -> Frame:
        """The next frame, whatever it is."""
        async with asyncio.timeout(DEADLINE):
            frame: Frame = json.loads(await self.socket.recv())
        self.heard.append(frame)
        return frame

    async def until(self, *kinds: str, **fields: object) -> Frame:
        """The next frame of one of these types with these fields."""
        async with asyncio.timeout(DEADLINE):
            while True:
                frame = await self.next()
                if frame["type"] in kinds and fields.items() <= frame.items():
                    return frame

    async def numbered(self, last: int) -> list[int]:
        """The numbers that come from now on, up to `last`."""
        numbers = [0]
        while numbers[-1] < last:
            numbers.append((await self.until("message", "event", "said"))["number"])
        return numbers[1:]

    async def so_far(self) -> list[Frame]:
        """What the server had to say before it answers a ping asked now."""
        before = len(self.heard)
        await self.send("ping")
        await self.until("pong")
        return self.heard[before:-1]

    async def closed(self) -> int:
        """The close code; frames that come before it are heard."""
        try:
            while True:
                await self.next()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else 1006


@asynccontextmanager
async def talking(server: RunningServer, token: str | None, **options: Any) -> AsyncIterator[Line]:
    """A line to the server."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    async with connect(
        server.live,
        additional_headers=headers,
        subprotocols=[Subprotocol("quietline.v1")],
        compression=None,
        proxy=None,
        **options,
    ) as socket:
        yield Line(socket)


async def call(
    server: RunningServer, token: str, method: str, path: str, body: Frame | None = None
) -> tuple[int, Frame]:
    """One request to the API: its status and its JSON."""
    return await asyncio.to_thread(_call, server, token, method, path, body)


def _call(server: RunningServer, token: str, method: str, path: str, body: Frame | None) -> tuple[int, Frame]:
    connection = http.client.HTTPConnection(urlsplit(server.http).netloc, timeout=DEADLINE)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


async def record(server: RunningServer, token: str, conversation: str) -> list[Frame]:
    """All entries of a conversation as the API tells them, page by page."""
    found: list[Frame] = []
    for _ in range(MOST_PAGES):
        after = found[-1]["number"] if found else 0
        where = f"/conversations/{conversation}/messages?after={after}"
        status, page = await call(server, token, "GET", where)
        assert status == 200, page
        if not page["messages"]:
            return found
        found += page["messages"]
    raise AssertionError("the record does not end, or cannot be read")
