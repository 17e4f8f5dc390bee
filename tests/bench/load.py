"""Load: pairs of people who talk, and a judge who sees that every number comes once and in order.

saturated   a fixed number of messages is under way in all; each delivery sends the next
paced       so many a second, whatever comes back; a send that is late is timed from when it was due
"""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.bench.client import HandshakeRefused, LoadClient, connect
from tests.bench.machine import Meter, Subject

PAYLOAD: Final = 200
"""Bytes of each message's text."""
LATE: Final = 2_000_000
"""Nanoseconds after which a send counts as late; below that it is the timer's own grain."""
DRAIN: Final = 20.0
"""Seconds for what is still under way when a sample ends."""
PATIENCE: Final = 120.0
"""Seconds for a connection to be there and told `opened`."""
PAUSE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits where: a bearer token and the conversation it talks in."""

    conversation: str
    token: str | None


@dataclass
class Tally:
    """What came of one sample."""

    sent: int = 0
    delivered: int = 0
    acked: int = 0
    delivery: list[int] = field(default_factory=list)
    ack: list[int] = field(default_factory=list)


class Load:
    """All connections of a measurement. `mistakes` must stay empty."""

    def __init__(self, seed: int) -> None:
        self.talkers: list[Talker] = []
        self.mistakes: Counter[str] = Counter()
        self.tally = Tally()
        self.under_way: dict[int, int] = {}
        """Messages not yet delivered, and when each was sent (or due)."""
        self._unacked: dict[int, int] = {}
        self._next: Callable[[], None] | None = None
        self._random = random.Random(seed)
        self._number = 0
        self._epoch = secrets.randbits(32)  # a key of an earlier run would be answered as the repeat it is

    async def arrive(self, subject: Subject, seats: Sequence[Seat], at_once: int) -> float:
        """Connects everyone and waits until each was told `opened`; returns the seconds it took."""
        began, turn = time.monotonic(), asyncio.Semaphore(at_once)

        async def one(seat: Seat) -> Talker:
            async with turn:
                return await self._seated(subject, seat)

        self.talkers += await asyncio.gather(*(one(seat) for seat in seats))
        return time.monotonic() - began

    async def _seated(self, subject: Subject, seat: Seat) -> "Talker":
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    client = await connect(subject.live, seat.token)
                except (OSError, HandshakeRefused) as fault:
                    self.mistakes[f"handshake {type(fault).__name__}"] += 1
                    await asyncio.sleep(PAUSE)
                    continue
                talker = Talker(self, client, seat.conversation)
                await talker.opened
                return talker

    def leave(self) -> None:
        """Everyone goes."""
        for talker in self.talkers:
            talker.leave()
        self.talkers.clear()

    async def saturate(
        self, outstanding: int, warm: float, seconds: float, subject: Subject
    ) -> dict[str, Any]:
        """Closed loop."""
        self._next = self.send
        for _ in range(outstanding):
            self.send()
        await asyncio.sleep(warm)
        return {"outstanding": outstanding, **await self._sample(seconds, subject)}

    async def pace(self, rate: float, warm: float, seconds: float, subject: Subject) -> dict[str, Any]:
        """Open loop."""
        sending = asyncio.create_task(self._keep_pace(rate))
        await asyncio.sleep(warm)
        sample = await self._sample(seconds, subject, sending)
        return {"rate": rate, **sample}

    async def _keep_pace(self, rate: float) -> None:
        began, gap, count = time.monotonic_ns(), 1e9 / rate, 0
        while True:
            now = time.monotonic_ns()
            while (due := int(began + count * gap)) <= now:
                self.send(due)
                count += 1
            # Not shorter than the loop's clock ticks, or waiting would burn the core that is measured.
            await asyncio.sleep(max(0.001, (due - now) / 1e9))

    async def _sample(
        self, seconds: float, subject: Subject, sending: "asyncio.Task[None] | None" = None
    ) -> dict[str, Any]:
        self.tally = tally = Tally()
        meter, began = Meter(subject), time.monotonic()
        await asyncio.sleep(seconds)
        took, shares, used = time.monotonic() - began, meter.read(), meter.used()
        self.tally = Tally()
        self._next = None
        if sending is not None:
            sending.cancel()
        await self._drained()
        return {
            "delivered_per_s": round(tally.delivered / took),
            "acked_per_s": round(tally.acked / took),
            "sent_per_s": round(tally.sent / took),
            "delivery_ms": percentiles(tally.delivery),
            "ack_ms": percentiles(tally.ack),
            "cpu": shares,
            # What it costs says more than how many went through while others used the machine too.
            "us_per_message": {part: round(1e6 * s / max(1, tally.delivered)) for part, s in used.items()},
        }

    async def _drained(self) -> None:
        """What is under way arrives, or is a mistake."""
        acks = any(t.acks for t in self.talkers)
        for _ in range(int(DRAIN / PAUSE)):
            if not self.under_way and not (acks and self._unacked):
                break
            await asyncio.sleep(PAUSE)
        self.mistakes["never delivered"] += len(self.under_way)
        self.mistakes["never acknowledged"] += len(self._unacked) if acks else 0
        self.under_way.clear()
        self._unacked.clear()

    def send(self, due: int | None = None) -> None:
        """Somebody says something."""
        now = time.monotonic_ns()
        began = now if due is None or now - due < LATE else due
        number, self._number = self._number, self._number + 1
        self.tally.sent += 1
        self.under_way[number] = self._unacked[number] = began
        self._random.choice(self.talkers).say(f"{self._epoch:08x}-0000-4000-8000-{number:012x}", number)

    def delivered(self, number: int) -> None:
        """A message has reached the other party."""
        began = self.under_way.pop(number, None)
        if began is None:
            self.mistakes["delivered twice"] += 1
            return
        self.tally.delivered += 1
        self.tally.delivery.append(time.monotonic_ns() - began)
        if self._next is not None:
            self._next()

    def acked(self, number: int) -> None:
        """The sender knows that it is kept."""
        began = self._unacked.pop(number, None)
        if began is None:
            self.mistakes["acknowledged twice"] += 1
            return
        self.tally.acked += 1
        self.tally.ack.append(time.monotonic_ns() - began)

    def failed(self, what: str) -> None:
        """Something that must not happen; a saturated load goes on with another message."""
        self.mistakes[what] += 1
        if self._next is not None:
            self._next()


class Talker:
    """One connection in one conversation."""

    __slots__ = ("_client", "_head", "_leaving", "_load", "acks", "opened", "seen")

    def __init__(self, load: Load, client: LoadClient, conversation: str) -> None:
        self._load = load
        self._client = client
        self._head = f'{{"type":"say","conversation":"{conversation}","key":"'
        self._leaving = False
        self.acks = False
        self.seen = 0
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        client.on_text = self.hear
        client.on_close = self._closed
        # Far beyond the end: nothing is replayed, and `opened` says where it goes on.
        client.send(f'{{"type":"open","conversation":"{conversation}","after":{2**31}}}'.encode())

    def say(self, key: str, number: int) -> None:
        """A message that names itself in its key and its text."""
        text = f"{number} ".ljust(PAYLOAD, "x")
        self._client.send(f'{self._head}{key}","text":"{text}"}}'.encode("ascii"))

    def leave(self) -> None:
        """Goes, as agreed."""
        self._leaving = True
        self._client.leave()

    def hear(self, frame: bytes) -> None:
        """Every frame begins with its type."""
        kind = frame[9:13]
        if kind == b"mess":
            self._in_order(frame)
            self._load.delivered(_text_number(frame))
        elif kind == b"said":
            self._in_order(frame)
            at = frame.index(b'"key":"') + 31
            self._load.acked(int(frame[at : at + 12], 16))
        elif kind == b'say"':  # the relay passes on what was sent
            self._load.delivered(_text_number(frame))
        elif kind == b"open":
            self.seen = _number_after(frame, b'"last":')
            self.acks = b'"session":null' not in frame
            if not self.opened.done():
                self.opened.set_result(None)
        elif kind == b"refu":
            at = frame.index(b'"code":"') + 8
            self._load.failed("refused " + frame[at : frame.index(b'"', at)].decode())
        elif kind == b"even":
            self._in_order(frame)

    def _in_order(self, frame: bytes) -> None:
        number = _number_after(frame, b'"number":')
        if number != self.seen + 1:
            self._load.mistakes["duplicate" if number <= self.seen else "gap"] += 1
        self.seen = number

    def _closed(self, code: int) -> None:
        if not self._leaving:
            self._load.failed(f"closed {code}")
            if not self.opened.done():
                self.opened.set_exception(ConnectionError(f"closed {code}"))


def percentiles(nanoseconds: list[int]) -> dict[str, float] | None:
    """In milliseconds; None without a sample."""
    if not nanoseconds:
        return None
    ranked = sorted(nanoseconds)
    at = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "max": 1.0}
    return {n: round(ranked[min(len(ranked) - 1, int(len(ranked) * q))] / 1e6, 2) for n, q in at.items()}


def _text_number(frame: bytes) -> int:
    at = frame.index(b'"text":"') + 8
    return int(frame[at : frame.index(b" ", at)])


def _number_after(frame: bytes, name: bytes) -> int:
    at = frame.index(name) + len(name)
    end = at
    while frame[end] in b"0123456789":
        end += 1
    return int(frame[at:end])
