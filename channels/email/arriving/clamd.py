"""A ClamAV daemon asked about a file: its INSTREAM command, over TCP or a Unix socket (clamd(8))."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from messaging.mail.checking_files import CheckerAway

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
            async with asyncio.timeout(self.seconds), self._connection() as (reader, writer):
                # It may answer, and hang up, before it has all: then the answer must be read before the end is noticed.
                answer = asyncio.ensure_future(reader.readuntil(b"\0"))
                try:
                    with contextlib.suppress(ConnectionError):
                        await _send(writer, command, content, answer)
                    return (await answer)[:-1].decode("utf-8", "replace")
                finally:
                    answer.cancel()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as fault:
            raise CheckerAway from fault

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        if self.path is not None:
            reader, writer = await asyncio.open_unix_connection(self.path, limit=ANSWER_LIMIT)
        else:
            reader, writer = await asyncio.open_connection(self.host, self.port, limit=ANSWER_LIMIT)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _send(
    writer: asyncio.StreamWriter, command: bytes, content: bytes | None, answer: "asyncio.Future[bytes]"
) -> None:
    writer.write(command)
    for place in range(0, len(content or b""), PIECE):
        piece = (content or b"")[place : place + PIECE]
        writer.write(len(piece).to_bytes(4, "big") + piece)
        await writer.drain()
        if answer.done():
            return
    if content is not None:
        writer.write(bytes(4))
    await writer.drain()
