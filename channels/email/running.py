"""Mail in and mail out as coroutines for the house to own; each runs until it is cancelled.

Woken when there may be work, and on their own every few seconds: a lost bell costs seconds, never a letter.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from channels.email.arriving.reception import Reception
from channels.email.fetching.condition import Condition
from channels.email.fetching.fetcher import Fetcher
from channels.email.leaving.courier import Bag, Courier
from channels.email.leaving.reach import Reach
from channels.email.reading.reader import Reader
from channels.email.reading.rereading import reading_again
from channels.email.terms import ImapAccount, MailIn, Relay
from channels.email.workers.reading_room import ReadingRoom
from messaging.arriving.files import Checker, check_due
from messaging.arriving.uploaded import attend
from messaging.errors import Busy
from messaging.keeping import Keep, alone
from messaging.office import Office

log = logging.getLogger(__name__)

CHECK_LEASE: Final = 300.0
"""Seconds a file is in one checker's hands before another may take it: longer than the slowest takes."""
LOOK_IN: Final = 5.0
LOOK_OUT: Final = 2.0
"""Seconds between looks for work nobody rang for: what was postponed, or what another node owed."""

Step = Callable[[], Awaitable[int]]


async def run_mail_in(
    office: Office, terms: MailIn, wake: asyncio.Event, version: str, keep: Keep = alone
) -> None:
    """Reads what the listeners kept, and once more what no earlier `version` could. `wake` is set when the bell says `r`."""
    room = ReadingRoom(terms.readers)
    try:
        reader = Reader(office, terms, room)
        # Twice as many as processes: while one letter waits for memory another is read.
        again = partial(reading_again, office, terms, room, version)
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("reading again", again))
            group.create_task(_work(keep, "reader", [reader.read_due] * (2 * terms.readers), wake, LOOK_IN))
    finally:
        await room.close()


async def run_fetching(office: Office, terms: MailIn, account: ImapAccount, condition: Condition) -> None:
    """Fetches from a mailbox elsewhere, on one node at a time."""
    await Fetcher(office, Reception(office, terms), account, condition).run()


async def run_checking(
    office: Office, checker: Checker | None, wake: asyncio.Event, keep: Keep = alone
) -> None:
    """Has files looked at that came by mail or were uploaded; and, where there is no checker any more, lets go what waited.

    One by one: a checker is a neighbour on the same machine, and looks at one file with all it has.
    """
    steps = [partial(one, office, checker, CHECK_LEASE, 1) for one in (check_due, attend)]
    await _work(keep, "file checker", steps, wake, LOOK_IN)


async def run_courier(office: Office, relay: Relay | None, wake: asyncio.Event, keep: Keep = alone) -> None:
    """Sends what is owed. `wake` is set after commits. Without a relay mail stays owed, in sight, and nothing is lost."""
    if relay is None:
        return
    bag, reach = Bag(office, size=relay.connections * 2), Reach(wake.set)
    couriers = [Courier(office, relay, bag, reach) for _ in range(relay.connections)]
    try:
        await _work(keep, "courier", [courier.send_due for courier in couriers], wake, LOOK_OUT)
    finally:
        reach.close()
        await bag.empty()
        for courier in couriers:
            await courier.close()


async def _work(keep: Keep, name: str, steps: Sequence[Step], wake: asyncio.Event, every: float) -> None:
    calls = [asyncio.Event() for _ in steps]
    async with asyncio.TaskGroup() as group:
        for step, call in zip(steps, calls, strict=True):
            group.create_task(keep(name, partial(_when_called, step, call)))
        while True:  # bound: until cancelled; each turn waits `every`, or to be woken
            wake.clear()
            for call in calls:
                call.set()
            try:
                async with asyncio.timeout(every):
                    await wake.wait()
            except TimeoutError:
                continue


async def _when_called(step: Step, call: asyncio.Event) -> None:
    while True:  # bound: until cancelled; each turn waits for a call
        await call.wait()  # bound: until called, which happens every so many seconds
        call.clear()
        try:
            while await step():
                _stop_if_asked()
        except Busy:
            log.warning("memory is away, mail waits")
        _stop_if_asked()


def _stop_if_asked() -> None:
    """A cancellation can be lost on its way: `wait_for` of Python 3.11, which the SMTP client uses, swallows some."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
