"""Serving: listeners, jobs and signals around a house, and the order in which they stop.

Stopping is a story: stop accepting, tell live connections to come back, let what runs finish, close. In this order, or
those who come back at once would be let in only to be sent away again.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from types import MappingProxyType
from typing import Final

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from channels.chat.closes import RESTARTING
from messaging.practice.operating import practice_ids
from web.app import application
from web.archiving import keeping_archive
from web.bringing import UPLOAD_SECONDS, lets_upload
from web.causes import cannot_listen
from web.http.callers import Callers
from web.http.http_socket import HttpSocket
from web.http.metrics import count_alarms
from web.http.room_for_files import SECONDS, may_bring_files
from web.http.sockets import LiveSocket
from web.http.stalls import watching
from web.settings import Listen
from web.state import House
from web.telling import telling
from web.timekeeping import keeping_time
from web.trail_heads import giving_out_heads

log = logging.getLogger(__name__)

ROLES: Final = frozenset({"web", "mail", "jobs"})
FRAME_CEILING: Final = 1024 * 1024
"""Bytes of a WebSocket frame the transport reads at all; the protocol refuses far smaller ones with its own code."""
DRAIN: Final = 15
"""Seconds requests under way may take to finish when the server stops."""


class Server(uvicorn.Server):
    """uvicorn under our own signals, saying when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.servers = []  # bound: one for each address listened at

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Binds, then tells."""
        await super().startup(sockets)
        self.listening.set()

    def stop_accepting(self) -> None:
        """Who comes now is refused by the system, and goes to another node or comes again; who is here stays."""
        for server in self.servers:
            server.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the house's."""
        yield


async def serve_house(
    house: House,
    roles: frozenset[str] = ROLES,
    *,
    as_json: bool = False,
    extra: list[BaseRoute] | None = None,
    greeting: str = "",
    also: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Serves until SIGTERM or SIGINT, or until a backup is to be restored (`house.bringing.wanted`).

    `also`: addresses of others that are announced with ours.
    """
    count_alarms()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    async with AsyncExitStack() as stack:
        stack.enter_context(watching())
        addresses: dict[str, str] = {}
        if roles & {"mail", "jobs"}:
            from web.mail import mail_running  # noqa: PLC0415 - a process without mail does not load it

            addresses |= await stack.enter_async_context(mail_running(house, roles))
        if "jobs" in roles:
            await stack.enter_async_context(_jobs_running(house))
        if "web" in roles:
            addresses["http"] = await stack.enter_async_context(_answering(house, application(house, extra)))
        await _offer_set_up(house)
        settle_memory()
        _announce({**addresses, **also}, as_json=as_json, greeting=greeting)
        await _first_of(stop, house.bringing.wanted)
        log.info("stopping")
        if house.fellows is not None:
            house.fellows.tell_to_end()


@asynccontextmanager
async def _jobs_running(house: House) -> AsyncIterator[None]:
    from web.exporting.in_the_background import making_exports  # noqa: PLC0415 - only the jobs load it

    async with (
        keeping_time(house),
        giving_out_heads(house),
        keeping_archive(house),
        making_exports(house),
        telling(house),
    ):
        yield


@asynccontextmanager
async def _answering(house: House, app: ASGIApp) -> AsyncIterator[str]:
    """At the port, alone or with the fellows; yields the base address once all listen."""
    at, shared = house.settings.web.http, house.fellows is not None
    if shared:
        # Sockets of our user share a port, also those of another server: half of its people would come to us.
        bound("HTTP", at).close()
    listening = bound("HTTP", at, shared=shared)
    async with AsyncExitStack() as stack:
        if house.fellows is not None:  # before ours, so that ours ends with theirs and not after them
            host, port = listening.getsockname()[:2]
            await stack.enter_async_context(house.fellows.running(house, host, port))
        yield await stack.enter_async_context(web_running(house, app, listening))


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(one.wait()) for one in events]
    try:
        # bound: until a signal, or until a backup was brought that is to be restored
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()


def _wide(house: House, target: str, content_type: str) -> float:
    if lets_upload(house.setup_token, target):
        return UPLOAD_SECONDS
    return SECONDS if may_bring_files(target, content_type) else 0.0


@asynccontextmanager
async def web_running(
    house: House, app: ASGIApp, listening: socket.socket | None = None
) -> AsyncIterator[str]:
    """HTTP and WebSockets, at the settings' address if at no other; yields the base address once it listens."""
    listening = listening or bound("HTTP", house.settings.web.http)
    server = Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=partial(  # type: ignore[arg-type]
                HttpSocket,
                callers=Callers(house.settings.web.trusted_proxies),
                wide=partial(_wide, house),
            ),
            ws=LiveSocket,
            ws_max_size=FRAME_CEILING,
            ws_per_message_deflate=False,  # 25 KiB a connection instead of 62
            ws_ping_interval=20,
            ws_ping_timeout=20,
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=DRAIN,
            backlog=2048,
        )
    )
    async with accepting(server, listening) as address:
        try:
            yield address
        finally:
            house.draining = True
            server.stop_accepting()
            for connection in list(house.hub.connections):
                connection.close(RESTARTING)


@asynccontextmanager
async def accepting(server: Server, listening: socket.socket) -> AsyncIterator[str]:
    """Serves until left; yields the base address once it listens. What runs then may still finish."""
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        heard = asyncio.create_task(server.listening.wait())
        # bound: until it listens, or has failed
        await asyncio.wait({heard, serving}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            heard.cancel()
            serving.result()
        host, port = listening.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await serving


def bound(setting: str, at: Listen, *, shared: bool = False) -> socket.socket:
    """A socket that is ours, or that other processes of our user `share`. Raises CannotListen, naming the setting."""
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((at.host, at.port))
    except OSError as fault:
        made.close()
        raise cannot_listen(setting, at, fault) from None
    made.setblocking(False)
    return made


async def _offer_set_up(house: House) -> None:
    """While there is no practice, one link lets somebody found the first. It is shown on the console only."""
    if not await practice_ids(house.office):
        house.setup_token = os.urandom(24).hex()
        sys.stdout.write(f"set up: {house.settings.web.base_url}/set-up?token={house.setup_token}\n")


def settle_memory() -> None:
    """What is there after the start stays: the collector need not walk it again under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _announce(addresses: dict[str, str], *, as_json: bool, greeting: str) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"ready": addresses}) + "\n")
    else:
        sys.stdout.write(greeting)
        sys.stdout.write("ready " + " ".join(addresses.values()) + "\n")
    sys.stdout.flush()
