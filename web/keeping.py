"""The keeper: no fault of one loop ends the house, and none is silent.

An unforeseen exception is an error in the log (its type and where it was raised, never its text), a count in the metrics
and a name in `/health/ready`; the loop begins anew after a pause. What the house cannot do without it then says so itself:
acts are answered Busy, and what waits in memory is found again by the next look.
"""

import asyncio
import logging
import time
from collections import Counter
from typing import Final

from messaging.faults import located
from messaging.keeping import Loop

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 30.0
"""Seconds before a loop begins anew; doubled from fault to fault, so that one that breaks at once costs nothing."""
CALM: Final = 60.0
"""Seconds without a fault after which the next is a first one again."""


class Keeper:
    """Owner of the loops of a process."""

    def __init__(self, first_pause: float = FIRST_PAUSE) -> None:
        self._first_pause = first_pause
        self.names: set[str] = set()  # bound: one for each loop of the program
        """Every loop that was handed over (a house test knows them all)."""
        self.faults: Counter[str] = Counter()  # bound: one for each loop of the program
        """Faults by loop, since the start."""
        self.pausing: set[str] = set()  # bound: one for each loop of the program
        """Loops that wait to begin anew."""

    async def keep(self, name: str, loop: Loop) -> None:
        """See `messaging.keeping.Keep`."""
        self.names.add(name)
        pause = self._first_pause
        while True:  # bound: until the loop ends; each turn pauses
            began = time.monotonic()
            try:
                await loop()
            except Exception as fault:  # whatever it was, the other loops and this one's next try go on
                self._note(name, fault)
            except asyncio.CancelledError as fault:
                # Without having been cancelled: it awaited something that was, and would have ended in silence.
                if _is_cancelled():
                    raise
                self._note(name, fault)
            else:
                return
            if time.monotonic() - began > CALM:
                pause = self._first_pause
            self.pausing.add(name)
            await asyncio.sleep(pause)
            self.pausing.discard(name)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _note(self, name: str, fault: BaseException) -> None:
        self.faults[name] += 1
        while isinstance(fault, BaseExceptionGroup):  # by its own type: a group's says nothing
            fault = fault.exceptions[0]
        log.error("a loop broke and begins anew", extra={"loop": name, **located(fault)})


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
