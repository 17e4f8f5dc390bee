"""The anchor: a bare relay on the same web server with the same options, which keeps, checks and numbers nothing.

Run as `python -m tests.bench.relay`, it prints `{"ready": {"http": ...}}` like the real server, and stops on SIGTERM. It
speaks just enough of the protocol for the same generator: `open` names a conversation, every later frame goes to the
others in it as it came. What the real server delivers is to be read as a share of what this one does.
"""

import asyncio
import gc
import json
import signal
import sys
from types import SimpleNamespace
from typing import cast

import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from web.serve import web_running
from web.settings import Listen
from web.state import House

_rooms: dict[str, set[WebSocket]] = {}


async def live(socket: WebSocket) -> None:
    """One connection, from its `open` to its end."""
    await socket.accept(subprotocol="quietline.v1")
    room: set[WebSocket] = set()
    try:
        conversation: str = json.loads(await socket.receive_text())["conversation"]
        room = _rooms.setdefault(conversation, set())
        room.add(socket)
        await socket.send_text(f'{{"type":"opened","conversation":"{conversation}","last":0,"session":null}}')
        while True:
            text = await socket.receive_text()
            for other in room:
                if other is not socket:
                    await other.send_text(text)
    except WebSocketDisconnect:
        return
    finally:
        room.discard(socket)


async def main() -> None:
    """Serves until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    # The very function that serves the real application, so that the options cannot drift apart; of a house it only
    # looks at the address to listen on, and who is there when it stops.
    house = SimpleNamespace(
        settings=SimpleNamespace(web=SimpleNamespace(http=Listen("127.0.0.1", 0), trusted_proxies=())),
        hub=SimpleNamespace(connections=()),
        setup_token=None,
    )
    async with web_running(
        cast("House", house), Starlette(routes=[WebSocketRoute("/live", live)])
    ) as address:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)  # as the server does
        sys.stdout.write(json.dumps({"ready": {"http": address}}) + "\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(main())
