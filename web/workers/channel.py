"""What the first and a fellow say to each other: a line of JSON each, over a socket pair that ends with either of them."""

import asyncio
import json
import socket
from typing import Any, Final

LINE: Final = 4 * 1024 * 1024
"""Bytes of a line at most: the metrics of a process are some hundred thousand."""


class Gone(Exception):
    """The other one is not there any more."""


class Channel:
    """One end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, **words: Any) -> None:
        """Without waiting: who does not listen is about to be ended."""
        if not self._writer.is_closing():
            self._writer.write(json.dumps(words).encode() + b"\n")

    async def hear(self) -> dict[str, Any]:
        """The next. Raises Gone."""
        try:
            # bound: by the caller, or until the other one ends
            line = await self._reader.readline()
        except (OSError, ValueError):  # ValueError: a line that is too long
            raise Gone from None
        if not line.endswith(b"\n"):
            raise Gone
        return dict(json.loads(line))

    def close(self) -> None:
        """The other one hears that we are gone."""
        self._writer.close()


async def channel(end: socket.socket) -> Channel:
    """Over one end of a socket pair, which is the channel's from here on."""
    try:
        return Channel(*await asyncio.open_unix_connection(sock=end, limit=LINE))
    except BaseException:  # also when cancelled: nobody else would close it
        end.close()
        raise
