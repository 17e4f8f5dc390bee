"""One connection: what it may still be sent, and how much of that may wait.

A frame goes straight to the wire while the wire takes it, so a message costs no switch of tasks. When the other end does
not keep up, frames wait in order, and within bounds: beyond them the connection is closed with 4408 rather than buffered.
It comes back and resumes by number, and hurts nobody else.
"""

import asyncio
from collections import deque
from itertools import count
from sys import getsizeof
from typing import Final, Protocol

from channels.chat.closes import LAGGING, Close
from messaging.entrance.signing_in import SignedIn
from messaging.ids import PersonId
from messaging.memory.sign_ins import SignInKind
from messaging.trust.noted import Door

EVENTS: Final = 256
"""Frames that may wait: some minutes of a lively session."""
BYTES: Final = 1_000_000
"""What they may take in memory: a letter of most scripts takes two bytes, an emoji makes it four."""
SEND_TIMEOUT: Final = 10.0
"""Seconds the other end may take for one frame."""

_NUMBERS: Final = count(1)


class Wire(Protocol):
    """The way to the other end. Nothing here waits; what is sent after the end goes nowhere."""

    clear: bool
    """Whether it takes more now. When it does again it says so (`Connection.flush`)."""

    def send_text(self, text: str) -> None:
        """Sends one frame."""

    def end(self, code: int, reason: str) -> None:
        """Says why, and ends."""

    def pause(self) -> None:
        """Takes no more from the other end."""

    def resume(self) -> None:
        """Takes from it again."""


class Connection:
    """The sending half of one WebSocket."""

    __slots__ = (
        "_queue",
        "_sent",
        "_sent_before",
        "_size",
        "_waiting",
        "acted",
        "closing",
        "number",
        "seen_at",
        "signed_in",
        "wire",
    )

    def __init__(self, signed_in: SignedIn, wire: Wire) -> None:
        self.number = next(_NUMBERS)
        """Names it in this process's log."""
        self.signed_in = signed_in
        self.acted = False
        """Somebody did something here since it was noted (`attendance`)."""
        self.seen_at = signed_in.sign_in.seen_at
        self.wire = wire
        self._queue: deque[str] | None = None  # most connections never have one
        self._size = 0
        self._waiting: list[asyncio.Future[None]] | None = None
        self.closing: Close | None = None
        self._sent = 0
        self._sent_before: int | None = None

    @property
    def person(self) -> PersonId:
        """Whose it is."""
        return self.signed_in.person.id

    @property
    def door(self) -> Door:
        """What it came by: a browser's page, or a program with a token."""
        return Door.API if self.signed_in.sign_in.kind is SignInKind.BEARER else Door.PAGE

    def push(self, frame: str) -> None:
        """Sends a frame, or lets it wait. Beyond the bounds the connection is told to come back instead."""
        if self.closing is not None:
            return
        if not self._queue and self.wire.clear:
            self.wire.send_text(frame)
            return
        if self._queue is None:
            self._queue = deque()  # bound: EVENTS and BYTES
        if len(self._queue) >= EVENTS or self._size > BYTES:
            self.close(LAGGING)
            return
        self._queue.append(frame)
        self._size += getsizeof(frame)

    def flush(self) -> None:
        """The wire takes frames again: those that wait, in order, until it has enough."""
        while self._queue and self.wire.clear:
            frame = self._queue.popleft()
            self._size -= getsizeof(frame)
            self._sent += 1
            self.wire.send_text(frame)
        if self.has_room:
            self._let_in()

    def close(self, code: Close) -> None:
        """Ends the connection with this code; what waited is dropped, the record has it."""
        if self.closing is None:
            self.closing = code
            self._queue = None
            self._size = 0
            self.wire.end(code, code.reason)
            self._let_in()

    async def room(self) -> None:
        """Waits while more than half of the bounds is taken, so that a long replay never overruns a slow reader."""
        while self.closing is None and not self.has_room:
            let_in = asyncio.get_running_loop().create_future()
            self._waiting = [*(self._waiting or ()), let_in]
            await let_in

    @property
    def has_room(self) -> bool:
        """Whether less than half of the bounds is taken."""
        return not self._queue or (len(self._queue) <= EVENTS // 2 and self._size <= BYTES // 2)

    def look(self) -> None:
        """Called every `SEND_TIMEOUT` / 2 seconds: what waits at two looks, with nothing taken in between, is stuck.

        One look for all connections costs nothing; a timer for each frame cost a sixteenth of the server's time.
        """
        if not self._queue:
            self._sent_before = None
        elif self._sent == self._sent_before:
            self.close(LAGGING)
        else:
            self._sent_before = self._sent

    def gone(self) -> None:
        """The other end has left: nobody waits for it any more."""
        self._queue = None
        self._size = 0
        self._let_in()

    def _let_in(self) -> None:
        """Several conversations may be replayed over one connection at a time."""
        waiting, self._waiting = self._waiting, None
        for let_in in waiting or ():
            if not let_in.done():
                let_in.set_result(None)
