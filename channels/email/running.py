"""Mail in and mail out as coroutines for the house to own; each runs until it is cancelled.

Woken when there may be work, and on their own every few seconds: a lost bell costs seconds, never a letter.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from channels.email.arriving.reader import Reader
from channels.email.arriving.reading_room import ReadingRoom
from channels.email.leaving.courier import Courier
from channels.email.terms import MailIn, Relay
from messaging.errors import Busy
from messaging.office import Office

log = logging.getLogger(__name__)

LOOK_IN: Final = 5.0
LOOK_OUT: Final = 2.0
"""Seconds between looks for work nobody rang for: what was postponed, or what another node owed."""

Step = Callable[[], Awaitable[int]]


async def run_mail_in(office: Office, terms: MailIn, wake: asyncio.Event) -> None:
    """Reads what the listeners kept. `wake` is set when the bell says `r`."""
    room = ReadingRoom(terms.readers)
    try:
        reader = Reader(office, terms, room)
        # Twice as many as processes: while one letter waits for memory another is read.
        await _work([reader.read_due] * (2 * terms.readers), wake, LOOK_IN)
    finally:
        await room.close()


async def run_courier(office: Office, relay: Relay | None, wake: asyncio.Event) -> None:
    """Sends what is owed. `wake` is set after commits. Without a relay mail stays owed, in sight, and nothing is lost."""
    if relay is None:
        return
    couriers = [Courier(office, relay) for _ in range(relay.connections)]
    try:
        await _work([courier.send_due for courier in couriers], wake, LOOK_OUT)
    finally:
        for courier in couriers:
            await courier.close()


async def _work(steps: Sequence[Step], wake: asyncio.Event, every: float) -> None:
    calls = [asyncio.Event() for _ in steps]
    async with asyncio.TaskGroup() as group:
        for step, call in zip(steps, calls, strict=True):
            group.create_task(_when_called(step, call))
        while True:
            wake.clear()
            for call in calls:
                call.set()
            try:
                async with asyncio.timeout(every):
                    await wake.wait()
            except TimeoutError:
                continue


async def _when_called(step: Step, call: asyncio.Event) -> None:
    while True:
        await call.wait()
        call.clear()
        try:
            while await step():
                _stop_if_asked()
        except Busy:
            log.warning("memory is away, mail waits")
        except Exception as fault:  # a fault of ours must not end all mail; the next call tries again
            log.error("mail stopped for a moment", extra={"fault": type(fault).__name__})
        _stop_if_asked()


def _stop_if_asked() -> None:
    """A cancellation can be lost on its way: `wait_for` of Python 3.11, which the SMTP client uses, swallows some."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
