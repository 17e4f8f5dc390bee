"""A ClamAV daemon asked about a file: its INSTREAM command, over TCP or a Unix socket (clamd(8))."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from messaging.arriving.files import CheckerAway

PIECE: Final = 64 * 1024
SECONDS: Final = 120.0
"""For one file: an archive of many files takes a while."""
ANSWER_LIMIT: Final = 4096
FINDING_LIMIT: Final = 120
TOO_LARGE: Final = "too large to be looked at"

_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Clamd:
    """Where it listens: `path` of a socket, or host and port."""

    host: str = ""
    port: int = 0
    path: str | None = None
    seconds: float = SECONDS

    async def check(self, content: bytes) -> str | None:
        """What it found, in its own word; None: nothing. Raises CheckerAway."""
        answer = await self._ask(b"zINSTREAM\0", content)
        if answer == "stream: OK":
            return None
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            finding = answer.removeprefix("stream: ").removesuffix(" FOUND")
            return _UNPRINTABLE.sub("_", finding)[:FINDING_LIMIT] or "found"
        if answer.startswith("INSTREAM size limit exceeded"):
            return TOO_LARGE
        raise CheckerAway

    async def ping(self) -> None:
        """Returns when it answers. Raises CheckerAway."""
        if await self._ask(b"zPING\0", None) != "PONG":
            raise CheckerAway

    async def _ask(self, command: bytes, content: bytes | None) -> str:
        try:
            async with asyncio.timeout(self.seconds), self._connection() as connection:
                # It may answer and hang up before it has all. Streams drop what came when a write fails; a socket does not.
                with contextlib.suppress(ConnectionError):
                    await _send(connection, command, content)
                return await _answer(connection)
        except (OSError, EOFError, TimeoutError) as fault:
            raise CheckerAway from fault

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[socket.socket]:
        made = await self._connected()
        with made:
            yield made

    async def _connected(self) -> socket.socket:
        """To the first of its addresses that takes us: a name may stand for one at which it does not listen."""
        if self.path is not None:
            return await _connect(socket.AF_UNIX, self.path)
        loop, refused = asyncio.get_running_loop(), OSError("it has no address")
        for family, _, _, _, to in await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            try:
                return await _connect(family, to)
            except OSError as fault:
                refused = fault
        raise refused


async def _connect(family: int, to: Any) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, to)
    except BaseException:  # also when cancelled: nobody else would close it
        made.close()
        raise
    return made


async def _send(connection: socket.socket, command: bytes, content: bytes | None) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, command)
    for place in range(0, len(content or b""), PIECE):
        piece = (content or b"")[place : place + PIECE]
        await loop.sock_sendall(connection, len(piece).to_bytes(4, "big") + piece)
    if content is not None:
        await loop.sock_sendall(connection, bytes(4))


async def _answer(connection: socket.socket) -> str:
    """Up to the NUL that ends it. Raises EOFError when there is none."""
    answer = b""
    while b"\0" not in answer:
        more = await asyncio.get_running_loop().sock_recv(connection, ANSWER_LIMIT)
        if not more or len(answer) > ANSWER_LIMIT:
            raise EOFError
        answer += more
    return answer.partition(b"\0")[0].decode("utf-8", "replace")
