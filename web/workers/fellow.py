"""A fellow: what `serve` becomes when the first one starts it."""

import asyncio
import signal
import socket
from contextlib import AsyncExitStack, suppress
from typing import Final

from web.app import application
from web.fair.shelf import Table
from web.house import house
from web.house_database import Among
from web.http.metrics import count_alarms, exposition
from web.http.stalls import watching
from web.serve import bound, settle_memory, web_running
from web.settings import Listen, Settings
from web.state import House
from web.workers.channel import Channel, Gone, channel

HELLO: Final = 10.0
"""Seconds for the first one's first words, which it says before we are there."""


async def serve_as_fellow(settings: Settings, descriptor: int) -> int:
    """Serves until SIGTERM, or until the first one is gone."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    first = await channel(socket.socket(fileno=descriptor))
    try:
        async with asyncio.timeout(HELLO):
            told = await first.hear()
    except Gone:  # it was stopped while we began
        return 0
    count_alarms()
    among = Among(fellow=True, workers=told["workers"], paces=Table(told["table"]).pace)
    async with AsyncExitStack() as stack:
        stack.enter_context(watching())
        built = await stack.enter_async_context(house(settings, among=among))
        listening = bound("HTTP", Listen(told["host"], told["port"]), shared=True)
        address = await stack.enter_async_context(web_running(built, application(built), listening))
        settle_memory()
        first.say(ready=address)
        answering = asyncio.create_task(_answer(built, first, stop))
        await stop.wait()  # bound: until a signal, or until the first one is gone
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering
    return 0


async def _answer(built: House, first: Channel, stop: asyncio.Event) -> None:
    try:
        while True:  # bound: until the first one is gone; each turn waits for a question
            await first.hear()
            first.say(metrics=exposition(built).decode())
    except Gone:
        stop.set()
