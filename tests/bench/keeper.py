"""The second anchor: the bare relay with a group commit, the least that anybody does who keeps what was said.

Run as `python -m tests.bench.keeper`, it prints `{"ready": {"http": ...}}` like the real server, and stops on SIGTERM. Each
line is parsed, numbered in its conversation, and inserted together with whatever else came while the last commit was under
way (one statement, `synchronous_commit = on`, a PostgreSQL of its own made as the server makes its); after the commit its
author reads `said` and the others `message`. It checks nobody, knows no key twice, seals nothing, and forgets its numbers
when it ends: all that the real server does beside is what its share of this one pays for.
"""

import asyncio
import gc
import json
import signal
import sys
import tempfile
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Final, cast

import asyncpg
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from threads.postgres.cluster import Cluster
from web.serve import web_running
from web.settings import Listen
from web.state import House

BATCH: Final = 256
SCHEMA: Final = """
create table lines (conversation text, number integer, key text, text text, primary key (conversation, number))
"""
INSERT: Final = "insert into lines select * from unnest($1::text[], $2::integer[], $3::text[], $4::text[])"


@dataclass(slots=True)
class Room:
    """A conversation, and who is in it."""

    last: int = 0
    sockets: set[WebSocket] = field(default_factory=set)


@dataclass(slots=True)
class Line:
    """What is about to be committed."""

    conversation: str
    number: int
    key: str
    text: str
    kept: "asyncio.Future[None]"


class Lane:
    """What waits for one writer. A conversation has one lane, or its numbers would overtake each other."""

    def __init__(self) -> None:
        self._waiting: deque[Line] = deque()  # bound: what the generator has under way
        self._filled = asyncio.Event()

    def take(self, line: Line) -> None:
        """One more."""
        self._waiting.append(line)
        self._filled.set()

    async def write(self, connection: asyncpg.Connection) -> None:
        """Commits what waits, again and again."""
        while True:  # bound: until cancelled
            await self._filled.wait()  # bound: until somebody says something
            lines = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not self._waiting:
                self._filled.clear()
            columns = (
                [getattr(one, name) for one in lines] for name in ("conversation", "number", "key", "text")
            )
            await connection.execute(INSERT, *columns)
            for one in lines:
                one.kept.set_result(None)


class Keeper:
    """Who is where, and two lanes as the real server has."""

    def __init__(self) -> None:
        self.lanes = (Lane(), Lane())
        self._rooms: dict[str, Room] = {}

    async def live(self, socket: WebSocket) -> None:
        """One connection, from its `open` to its end."""
        await socket.accept(subprotocol="quietline.v1")
        room = Room()
        try:
            conversation: str = json.loads(await socket.receive_text())["conversation"]
            room = self._rooms.setdefault(conversation, room)
            room.sockets.add(socket)
            await socket.send_text(
                f'{{"type":"opened","conversation":"{conversation}","last":{room.last},"session":1}}'
            )
            while True:
                said = json.loads(await socket.receive_text())
                await self._say(room, socket, said)
        except WebSocketDisconnect:
            return
        finally:
            room.sockets.discard(socket)

    async def _say(self, room: Room, author: WebSocket, said: dict[str, str]) -> None:
        room.last += 1
        number, kept = room.last, asyncio.get_running_loop().create_future()
        lane = self.lanes[hash(said["conversation"]) % len(self.lanes)]
        lane.take(Line(said["conversation"], number, said["key"], said["text"], kept))
        await kept  # bound: its commit
        head = f'"conversation":"{said["conversation"]}"'
        await author.send_text(f'{{"type":"said",{head},"key":"{said["key"]}","number":{number}}}')
        told = json.dumps({"text": said["text"]}, separators=(",", ":"))[1:]
        for other in room.sockets:
            if other is not author:
                await other.send_text(f'{{"type":"message",{head},"number":{number},{told}')


async def main() -> None:
    """Serves until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    # As in the relay: the function that serves the real application, and what it looks at of a house.
    house = SimpleNamespace(
        settings=SimpleNamespace(web=SimpleNamespace(http=Listen("127.0.0.1", 0), trusted_proxies=())),
        hub=SimpleNamespace(connections=()),
        setup_token=None,
    )
    keeper = Keeper()
    application = Starlette(routes=[WebSocketRoute("/live", keeper.live)])
    with tempfile.TemporaryDirectory(prefix="quietline-bench-", ignore_cleanup_errors=True) as directory:
        cluster = Cluster(Path(directory))
        owner = (await cluster.start()).owner
        try:
            connections = [await asyncpg.connect(**owner.connect_kwargs()) for _ in keeper.lanes]
            await connections[0].execute(SCHEMA)
            writing = [
                asyncio.create_task(lane.write(one))
                for lane, one in zip(keeper.lanes, connections, strict=True)
            ]
            async with web_running(cast("House", house), application) as address:
                gc.collect()
                gc.freeze()
                gc.set_threshold(20_000, 20, 50)  # as the server does
                sys.stdout.write(json.dumps({"ready": {"http": address}}) + "\n")
                sys.stdout.flush()
                await stop.wait()
            for task in writing:
                task.cancel()
            for one in connections:
                one.terminate()
        finally:
            await cluster.stop()


if __name__ == "__main__":
    uvloop.run(main())
