"""Bad company: some who never read what they are sent, and some who talk without pause. What do the others notice?"""

import asyncio
import socket
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench.client import LoadClient, attend
from tests.bench.load import Seat
from tests.bench.machine import Subject

LONG: Final = 15_000
"""Characters a flooder sends at a time: near the longest a message may be."""
FLOOD: Final = 200.0
"""Frames a second of each flooder: four times what one person may say."""
NARROW: Final = 4096
"""Bytes that who never reads lets the kernel keep: the rest waits with the server."""
CATCHING_UP: Final = 15.0
"""Seconds to read what the kernel still holds, up to the reason for the end."""
MOMENT: Final = 0.02


class Crowd:
    """In each of the seats' conversations one flooder, and `readers` connections of the other party who never read."""

    def __init__(self, subject: Subject, pairs: Sequence[tuple[Seat, Seat]], readers: int) -> None:
        self._subject = subject
        self._pairs = pairs
        self._readers = readers
        self._flooders: list[LoadClient] = []
        self._silent: list[LoadClient] = []
        self._flooding: list[asyncio.Task[None]] = []
        self.answers: Counter[str] = Counter()
        self.ends: Counter[int] = Counter()
        self.sent = 0

    async def arrive(self) -> None:
        """Everyone sits down, and the flood begins."""
        for flooder, other in self._pairs:
            for _ in range(self._readers):
                self._silent.append(await self._join(other, narrow=True))
            self._flooders.append(await self._join(flooder, narrow=False))
        for client in self._silent:
            client.stop_reading()
        for client, (flooder, _) in zip(self._flooders, self._pairs, strict=True):
            client.on_text = self._answered
            self._flooding.append(asyncio.create_task(self._flood(client, flooder.conversation)))

    async def leave(self) -> dict[str, Any]:
        """The flood ends; who never read looks at last what became of the connection."""
        for task in self._flooding:
            task.cancel()
        for client in self._silent:
            client.read_on()
        if self._silent:
            await asyncio.wait([client.ended for client in self._silent], timeout=CATCHING_UP)
        for client in [*self._flooders, *self._silent]:
            client.on_close = lambda code: None
            client.leave()
        return {
            "never_reading": len(self._silent),
            "not_closed": len(self._silent) - self.ends.total(),
            "their_ends": {str(code): n for code, n in sorted(self.ends.items())},
            "flooders": len(self._flooders),
            "flood_sent": self.sent,
            "flood_answers": dict(sorted(self.answers.items())),
        }

    async def _join(self, seat: Seat, *, narrow: bool) -> LoadClient:
        parts = urlsplit(self._subject.live)
        made = socket.socket()
        if narrow:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, (parts.hostname, parts.port))
        client = await attend(made, self._subject.live, seat.token)
        opened = asyncio.Event()
        client.on_text = lambda text: opened.set()
        client.on_close = lambda code: self.ends.update([code]) if narrow else None
        client.send(f'{{"type":"open","conversation":"{seat.conversation}","after":{2**31}}}'.encode())
        await opened.wait()
        return client

    async def _flood(self, client: LoadClient, conversation: str) -> None:
        loop, text = asyncio.get_running_loop(), "x" * LONG
        began, sent = loop.time(), 0
        while True:
            while sent < (loop.time() - began) * FLOOD:
                frame = f'{{"type":"say","conversation":"{conversation}","key":"{uuid4()}","text":"{text}"}}'
                client.send(frame.encode())
                sent += 1
                self.sent += 1
            await asyncio.sleep(MOMENT)

    def _answered(self, frame: bytes) -> None:
        kind = frame[9 : frame.index(b'"', 9)].decode()
        if kind == "refused":
            at = frame.index(b'"code":"') + 8
            kind = "refused " + frame[at : frame.index(b'"', at)].decode()
        if kind.startswith(("said", "refused")):
            self.answers[kind] += 1
