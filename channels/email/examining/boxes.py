"""The doctor's question to the kernel: a worker enters the box and tries to get out of it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from channels.email.box.entering import Box
from channels.email.workers.probe_worker import Attempt, Tried
from channels.email.workers.reading_room import PROBING, READ_SECONDS, ReadersAway, Unread, end, start, told


@contextmanager
def listening_at(unix: Path) -> Iterator[Path]:
    """The path of a socket that somebody listens on: one of ours, where nobody does."""
    if unix.exists():
        yield unix
        return
    with socket.socket(socket.AF_UNIX) as ours:
        ours.bind(str(unix))
        ours.listen()
        yield unix


async def tried(box: Box, secret: Path, unix: Path, folder: Path) -> Tried | None:
    """What held, on this machine and as this user; None if the worker did not live long enough to say."""
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        process = await start(PROBING, box.value)
    except ReadersAway:
        listening.close()
        return None
    try:
        return await told(process, Attempt(str(secret), str(unix), port, str(folder)), Tried, READ_SECONDS)
    except Unread:
        return None
    finally:
        await end(process)
        listening.close()
        await listening.wait_closed()
