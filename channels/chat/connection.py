"""One connection: what it may still be sent, and how much of that may wait.

Frames are pushed without waiting and sent by one pump. A connection that does not take them is closed with 4408 rather
than buffered without bound: it comes back and resumes by number, and hurts nobody else.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from channels.chat.frames import LAGGING, Close
from messaging.ids import PersonId
from messaging.signing_in import SignedIn

EVENTS: Final = 256
"""Frames that may wait: some minutes of a lively session."""
BYTES: Final = 1_000_000
SEND_TIMEOUT: Final = 10.0
"""Seconds the other end may take for one frame."""

Send = Callable[[str], Awaitable[None]]


class Connection:
    """The sending half of one WebSocket."""

    __slots__ = (
        "_queue",
        "_send",
        "_sending",
        "_sent",
        "_sent_before",
        "_size",
        "_waiting",
        "_wake",
        "closing",
        "signed_in",
    )

    def __init__(self, signed_in: SignedIn, send: Send) -> None:
        self.signed_in = signed_in
        self._send = send
        self._queue: deque[str] = deque()
        self._size = 0
        self._wake: asyncio.Future[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self.closing: Close | None = None
        self._sending: asyncio.Task[object] | None = None
        self._sent = self._sent_before = 0

    @property
    def person(self) -> PersonId:
        """Whose it is."""
        return self.signed_in.person.id

    def push(self, frame: str) -> None:
        """Queues a frame. Beyond the bounds the connection is told to come back instead."""
        if self.closing is not None:
            return
        if len(self._queue) >= EVENTS or self._size > BYTES:
            self.close(LAGGING)
            return
        self._queue.append(frame)
        self._size += len(frame)
        self._awake()

    def close(self, code: Close) -> None:
        """Ends the connection with this code; what waited is dropped, the record has it."""
        if self.closing is None:
            self.closing = code
            self._queue.clear()
            self._size = 0
            self._awake()
            self._let_in()

    async def room(self) -> None:
        """Waits while more than half of the bounds is taken, so that a long replay never overruns a slow reader."""
        while self.closing is None and not self.has_room:
            let_in = asyncio.get_running_loop().create_future()
            self._waiting.append(let_in)
            await let_in

    @property
    def has_room(self) -> bool:
        """Whether less than half of the bounds is taken."""
        return len(self._queue) <= EVENTS // 2 and self._size <= BYTES // 2

    async def pump(self) -> Close:
        """Sends what is pushed, in order, until the connection is closed; returns why."""
        while True:
            while self._queue and self.closing is None:
                frame = self._queue.popleft()
                self._size -= len(frame)
                if self._waiting and self.has_room:
                    self._let_in()
                await self._deliver(frame)
            if self.closing is not None:
                return self.closing
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    async def _deliver(self, frame: str) -> None:
        self._sending = asyncio.current_task()
        try:
            await self._send(frame)
        except asyncio.CancelledError:
            if self.closing is None or self._sending is None:
                raise
            self._sending.uncancel()  # it was `look` that gave up on the other end
        finally:
            self._sending = None
        self._sent += 1

    def look(self) -> None:
        """Called every `SEND_TIMEOUT` / 2 seconds: the other end must have taken the frame in hand since the last look.

        One look for all connections costs nothing; a timer for each frame cost a sixteenth of the server's time.
        """
        if self._sending is not None and self._sent == self._sent_before:
            self.close(LAGGING)
            self._sending.cancel()
        self._sent_before = self._sent

    def _let_in(self) -> None:
        """Several conversations may be replayed over one connection at a time."""
        waiting, self._waiting = self._waiting, []
        for let_in in waiting:
            _settle(let_in)

    def _awake(self) -> None:
        if self._wake is not None:
            _settle(self._wake)


def _settle(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
