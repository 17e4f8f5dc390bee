"""What holds up the event loop, told with its place. Nothing is done about it: it is a fault of ours to be found.

The loop beats; what comes between two beats is measured by the loop itself. A thread looks at the clock, and where a beat is
overdue, at what the loop is doing: uvloop runs its callbacks where nobody else can look.
"""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, thread_time
from types import FrameType
from typing import Final

from prometheus_client import Histogram

from messaging.faults import located
from web.http.metrics import REGISTRY

log = logging.getLogger(__name__)

BEAT: Final = 0.05
"""Seconds between two beats: some twenty wakings a second, which cost a thousandth of a core."""
LIMIT: Final = 0.1
"""Seconds the loop may be held up unnoticed; a live message waits no longer for anybody."""
EVERY: Final = 10.0
"""Seconds between two lines of the log; those in between are counted."""
OURS: Final = ("messaging", "threads", "channels", "web")

HELD = Histogram(
    "quietline_loop_held_seconds",
    "How long one piece of work held up everything else, where longer than a tenth of a second",
    registry=REGISTRY,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


@dataclass(slots=True)
class Watch:
    """One loop's. `beat` runs in the loop, `look` in the thread; each writes what the other only reads."""

    thread: int
    """The loop's."""
    clock: Callable[[], float] = monotonic
    beaten: float = field(init=False)
    place: str = field(init=False, default="")
    _spent: float = field(init=False)
    _told: float = field(init=False)
    _untold: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.beaten, self._spent = self.clock(), thread_time()
        self._told = self.beaten - EVERY

    def beat(self) -> None:
        """The loop is free: was it long ago that it was so?"""
        now, spent = self.clock(), thread_time()
        held, worked = now - self.beaten - BEAT, spent - self._spent
        if held > LIMIT:
            HELD.observe(held)
            self._tell(now, held, worked)
        self.beaten, self._spent, self.place = now, spent, ""

    def look(self) -> None:
        """Notes what the loop does while its beat is overdue."""
        if not self.place and self.clock() - self.beaten > BEAT + LIMIT:
            self.place = place_of(sys._current_frames().get(self.thread))

    def _tell(self, now: float, held: float, worked: float) -> None:
        if now - self._told < EVERY:
            self._untold += 1
            return
        extra = {
            "seconds": round(held, 3),
            # Much less than the seconds: the machine is busy, or the disk is slow, and the place is innocent.
            "processor_seconds": round(worked, 3),
            "place": self.place or "unknown",
            "untold": self._untold,
        }
        log.warning("the loop was held up", extra=extra)
        self._told, self._untold = now, 0


def place_of(frame: FrameType | None) -> str:
    """Module, function and line of the innermost frame that is ours, or of the innermost: names of code and nothing else."""
    own = frame
    while own is not None and _module(own).partition(".")[0] not in OURS:
        own = own.f_back
    found = own or frame
    return "" if found is None else f"{_module(found)}.{found.f_code.co_qualname}:{found.f_lineno}"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


@contextmanager
def watching() -> Iterator[Watch]:
    """Watches the running loop until left."""
    loop, watch, over = asyncio.get_running_loop(), Watch(threading.get_ident()), threading.Event()

    def beat() -> None:
        watch.beat()
        timers[:] = [loop.call_later(BEAT, beat)]

    def look() -> None:
        while not over.wait(BEAT):
            try:
                watch.look()
            except Exception as fault:  # whatever it is, the next look may do
                log.error("the loop could not be looked at", extra=located(fault))

    timers = [loop.call_later(BEAT, beat)]
    looking = threading.Thread(target=look, name="stalls", daemon=True)
    looking.start()
    try:
        yield watch
    finally:
        timers[0].cancel()
        over.set()
        looking.join()
