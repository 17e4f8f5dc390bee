"""The live endpoint: a WebSocket of this server, handed to `channels.chat` as two functions and a person."""

import asyncio
import contextlib
import logging
import time

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from channels.chat.connection import Connection
from channels.chat.frames import RESTARTING, SIGNED_OUT, SUBPROTOCOL
from channels.chat.protocol import Protocol
from messaging.errors import Busy, NotSignedIn
from web.guards import signed_in
from web.state import House

log = logging.getLogger(__name__)


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
    pump = asyncio.create_task(_pump(socket, connection))
    try:
        await _read(protocol, receive)
    except (
        Exception
    ) as fault:  # an accident of ours: the other end comes back and resumes; only its type is logged
        log.error("live connection failed", extra={"fault": type(fault).__name__})
        connection.close(RESTARTING)
        await pump
    finally:
        pump.cancel()


async def _pump(socket: WebSocket, connection: Connection) -> None:
    """Sends until the connection is to be closed, then says why. The reader sees the disconnect that follows."""
    closing = await connection.pump()
    with contextlib.suppress(RuntimeError):  # the other end was faster
        await socket.close(closing, closing.reason)


async def _read(protocol: Protocol, receive: Receive) -> None:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        text = event.get("text")
        await protocol.receive(text if text is not None else event.get("bytes", b""))
