"""The live endpoint: a WebSocket of this server, handed to `channels.chat` as two functions and a person."""

import asyncio
import contextlib
import logging
import time
from typing import Final

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from channels.chat.connection import Connection
from channels.chat.frames import RESTARTING, SIGNED_OUT, SUBPROTOCOL
from channels.chat.protocol import Protocol
from messaging.errors import Busy, NotSignedIn
from web.guards import signed_in
from web.house import House

log = logging.getLogger(__name__)

GOING_AWAY: Final = frozenset({"websocket.disconnect"})


class Live:
    """`GET /live`. Accepted before it is refused, so that the browser sees the close code."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        socket = WebSocket(scope, receive, send)
        house: House = socket.state["house"]
        offered = scope.get("subprotocols", [])
        await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        try:
            person = await signed_in(socket)
        except NotSignedIn:
            await socket.close(SIGNED_OUT, SIGNED_OUT.reason)
            return
        except Busy:
            await socket.close(RESTARTING, RESTARTING.reason)
            return
        connection = Connection(person, lambda text: send({"type": "websocket.send", "text": text}))
        protocol = Protocol(house.hub, connection, house.pacing, time.monotonic)
        protocol.arrive()
        if house.draining:
            connection.close(RESTARTING)
        try:
            await _serve(socket, connection, protocol, receive)
        finally:
            protocol.leave()


async def _serve(socket: WebSocket, connection: Connection, protocol: Protocol, receive: Receive) -> None:
    """Reads frames in this task and sends from another, until either side has had enough."""
    pump = asyncio.create_task(connection.pump())
    reading = asyncio.ensure_future(_read(protocol, receive))
    try:
        await asyncio.wait({pump, reading}, return_when=asyncio.FIRST_COMPLETED)
        for done in (t for t in (pump, reading) if t.done() and not t.cancelled()):
            if fault := done.exception():
                log.error("live connection failed", extra={"fault": type(fault).__name__})
                connection.close(RESTARTING)
    finally:
        for task in (pump, reading):
            task.cancel()
        await asyncio.gather(pump, reading, return_exceptions=True)
        if connection.closing is not None:
            with contextlib.suppress(RuntimeError):  # the other end was faster
                await socket.close(connection.closing, connection.closing.reason)


async def _read(protocol: Protocol, receive: Receive) -> None:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        text = event.get("text")
        await protocol.receive(text if text is not None else event.get("bytes", b""))
