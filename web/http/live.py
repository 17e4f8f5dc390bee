"""The live endpoint: a WebSocket of this server, handed to `channels.chat` together with the person behind it."""

import time
from typing import Final

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from channels.chat.closes import RESTARTING, SIGNED_OUT
from channels.chat.connection import Connection
from channels.chat.frames import SUBPROTOCOL
from channels.chat.protocol import Protocol
from messaging.entrance.signing_in import SignedIn, must_set_up
from messaging.errors import Busy, NotSignedIn
from web.http.guards import signed_in
from web.http.sockets import socket_of
from web.state import House

PATH: Final = "/live"


class Live:
    """`GET /live`. Accepted before it is refused, so that the browser sees the close code."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, until it is known who comes; from then on the socket talks to the protocol, and this returns."""
        socket = WebSocket(scope, receive, send)
        offered = scope.get("subprotocols", [])
        await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        try:
            person = await _admitted(socket)
        except NotSignedIn:
            await socket.close(SIGNED_OUT, SIGNED_OUT.reason)
        except Busy:
            await socket.close(RESTARTING, RESTARTING.reason)
        else:
            _connect(socket, person)


async def _admitted(socket: WebSocket) -> SignedIn:
    person = await signed_in(socket)
    if socket.query_params.get("person", str(person.person.id)) != str(person.person.id):
        # The browser's cookie has become somebody else's while an older page was away.
        raise NotSignedIn
    house: House = socket.state["house"]
    if must_set_up(house.office.clock(), person):
        raise NotSignedIn
    return person


def _connect(socket: WebSocket, person: SignedIn) -> None:
    house: House = socket.state["house"]
    wire = socket_of(socket.scope)
    if wire is None:
        return
    connection = Connection(person, wire)
    protocol = Protocol(house.hub, connection, house.pacing, time.monotonic)
    protocol.arrive()
    wire.listen(protocol)
    if house.draining:
        connection.close(RESTARTING)
