"""Time kept (role `jobs`), for sessions, planned letters and promises: claims what is due, lets an act decide, comes again.

Every node with the role keeps the same time over the same queue; what one holds the others skip, and what a dead one held
is due again when its lease is over. A lost bell or a node's wrong clock cannot make it miss an end: it looks every `LOOK`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from messaging.errors import Busy
from messaging.faults import located
from messaging.ids import PracticeId, SessionId
from messaging.keeping import Keep
from messaging.lateness import attend_promise
from messaging.office import Office
from messaging.pending_store import PendingState
from messaging.sending_later import send_pending
from messaging.sessions.timekeeping import attend

log = logging.getLogger(__name__)

LOOK: Final = 1.0
"""Seconds between looks at the latest: both sides learn of an end within two seconds."""
LEASE: Final = timedelta(seconds=30)
"""A session takes milliseconds; a database that was away for a moment some seconds."""
SOON: Final = timedelta(seconds=1)
"""Until the next try where something else was committed first."""
AT_ONCE: Final = 32
"""Sessions worked on together: fifty-minute sessions begin, and so end, at the same minute."""


@asynccontextmanager
async def keeping_time(office: Office, keep: Keep) -> AsyncIterator[None]:
    """Keeps time until left."""
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keep("time", partial(keep_time, office)))
        try:
            yield
        finally:
            keeping.cancel()


async def keep_time(office: Office) -> None:
    """Until cancelled. Trouble with one session, or the database, never ends it."""
    while True:
        try:
            while await attend_due(office) or await send_due_letters(office) or await keep_promises(office):
                pass
            pause = await _until_next(office)
        except Busy:
            log.warning("memory is away, sessions wait")
            pause = LOOK
        await asyncio.sleep(pause)


async def attend_due(office: Office) -> int:
    """Attends to what is due now; returns how many."""
    now = office.clock()
    claimed = await office.memory.sessions.due(now, LEASE, AT_ONCE)
    await asyncio.gather(*(_attend(office, practice, session, now) for practice, session in claimed))
    return len(claimed)


async def send_due_letters(office: Office) -> int:
    """Sends letters that were planned for now, or whose moments for taking back are over; returns how many."""
    due = await office.memory.pending_letters.due(office.clock(), LEASE, AT_ONCE)
    for letter in due:
        try:
            await send_pending(office, letter)
        except Busy:
            raise
        except Exception as fault:  # unforeseen, and of one letter: its writer sees that it did not go
            log.error("a letter was not sent", extra=located(fault))
            await office.memory.pending_letters.stop(letter, PendingState.FAULTED)
    return len(due)


async def keep_promises(office: Office) -> int:
    """Looks at promises that may have passed; returns how many."""
    now = office.clock()
    due = await office.memory.promises.due(now, LEASE, AT_ONCE)
    for practice, conversation in due:
        try:
            again = await attend_promise(office, practice, conversation)
            await office.memory.promises.attended(practice, conversation, now + LEASE, again)
        except Busy:
            raise
        except Exception as fault:  # unforeseen, and of one conversation: it comes again with its lease
            log.error("a promise was not looked at", extra=located(fault))
    return len(due)


async def _attend(office: Office, practice: PracticeId, session: SessionId, now: datetime) -> None:
    try:
        again = await attend(office, practice, session)
    except Busy:
        again = now + SOON
    except (
        Exception
    ) as fault:  # unforeseen, and of one session: it comes again with its lease, the others go on
        log.error("a session was not attended to", extra=located(fault))
        return
    try:
        await office.memory.sessions.attended(practice, session, now + LEASE, again)
    except Busy:
        log.warning("memory is away, a session comes again")


async def _until_next(office: Office) -> float:
    """Seconds, bounded both ways: a clock that jumps must neither stop the watch nor spin it."""
    due = await office.memory.sessions.next_due()
    if due is None:
        return LOOK
    return min(LOOK, max(0.05, (due - office.clock()).total_seconds()))
