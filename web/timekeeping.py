"""Time kept (role `jobs`): sessions, planned letters and ends, promises, releases, absences, what is read first.

It claims what is due. Every node with the role keeps the same time over the same queue; what one holds the others skip, and
what a dead one held is due again when its lease is over. A lost bell or a node's wrong clock cannot make it miss an end: it
looks every `LOOK`.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Generic, TypeVar

from messaging.absence.settling import absence_attended, claim_absences, settle
from messaging.assignments.watching import attend_raised, claim_raised, raised_attended
from messaging.ending.planning import claim_endings, end_as_planned, ending_attended
from messaging.errors import Busy
from messaging.faults import located
from messaging.ids import PracticeId
from messaging.leaving.lateness import attend_promise, claim_promises, promise_attended
from messaging.letters.sending_later import claim_due, give_up, send_pending
from messaging.office import Office
from messaging.releasing.giving import claim_expired, end_expired, expired_attended
from messaging.sessions import timekeeping
from web.state import House

log = logging.getLogger(__name__)

LOOK: Final = 1.0
"""Seconds between looks at the latest: both sides learn of an end within two seconds."""
LEASE: Final = timedelta(seconds=30)
"""A session takes milliseconds; a database that was away for a moment some seconds."""
SOON: Final = timedelta(seconds=1)
"""Until the next try where something else was committed first."""
AT_ONCE: Final = 32
"""Sessions worked on together: fifty-minute sessions begin, and so end, at the same minute."""
Item = TypeVar("Item")

CLOCK_LOOK: Final = 30.0
"""Seconds between looks at this node's clock."""
FAR_OFF: Final = 30.0
"""Seconds that it may differ from the database's."""


@dataclass(frozen=True, slots=True)
class Due(Generic[Item]):
    """Things whose time comes: how they are claimed, attended to, and given the time at which to come again."""

    name: str
    failed: str
    """What the log says of one that could not be attended to."""
    claim: Callable[[Office, datetime, timedelta, int], Awaitable[Sequence[tuple[PracticeId, Item]]]]
    attend: Callable[[Office, PracticeId, Item], Awaitable[datetime | None]]
    attended: Callable[[Office, PracticeId, Item, datetime, datetime | None], Awaitable[None]]


SESSIONS: Final = Due(
    "session",
    "a session was not attended to",
    timekeeping.claim_due,
    timekeeping.attend,
    timekeeping.attended,
)
PROMISES: Final = Due(
    "promise", "a promise was not looked at", claim_promises, attend_promise, promise_attended
)
RELEASES: Final = Due("release", "a release was not ended", claim_expired, end_expired, expired_attended)
RAISED: Final = Due(
    "raised", "what is to be read first was not looked at", claim_raised, attend_raised, raised_attended
)
ENDINGS: Final = Due(
    "ending", "a planned end was not looked at", claim_endings, end_as_planned, ending_attended
)
ABSENCES: Final = Due("absence", "an absence was not looked at", claim_absences, settle, absence_attended)


@asynccontextmanager
async def keeping_time(house: House) -> AsyncIterator[None]:
    """Keeps time until left."""
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(house.keeper.keep("time", partial(keep_time, house)))
        try:
            yield
        finally:
            keeping.cancel()


async def keep_time(house: House) -> None:
    """Until cancelled. Trouble with one session, or the database, never ends it."""
    office, asked = house.office, -CLOCK_LOOK
    while True:  # bound: until cancelled; each turn pauses
        pause = LOOK
        try:
            if time.monotonic() - asked >= CLOCK_LOOK:
                await look_at_clock(house)
                asked = time.monotonic()
            if abs(house.off) < FAR_OFF:
                while (
                    await attend_due(office)
                    or await send_due_letters(office)
                    or await keep_promises(office)
                    or await end_releases(office)
                    or await look_at_absences(office)
                    or await pass_on_unread(office)
                    or await end_what_was_planned(office)
                ):
                    pass
                pause = await _until_next(office)
        except Busy:
            log.warning("memory is away, sessions wait")
        await asyncio.sleep(pause)


async def look_at_clock(house: House) -> None:
    """A node whose clock is far off would end sessions, send planned letters and raise alarms at the wrong time: it waits.

    What was done too early cannot be undone; the other nodes do it in time, and the log and the metrics call for somebody.
    """
    house.off = await house.clock_off()
    if abs(house.off) >= FAR_OFF:
        log.error(
            "this node's clock is far from the database's: it keeps no time",
            extra={"seconds": round(house.off)},
        )


async def attend_due(office: Office) -> int:
    """Attends to what is due now; returns how many."""
    now = office.clock()
    claimed = await SESSIONS.claim(office, now, LEASE, AT_ONCE)
    await asyncio.gather(*(_attend(office, SESSIONS, practice, one, now) for practice, one in claimed))
    return len(claimed)


async def send_due_letters(office: Office) -> int:
    """Sends letters that were planned for now, or whose moments for taking back are over; returns how many."""
    due = await claim_due(office, LEASE, AT_ONCE)
    for letter in due:
        try:
            await send_pending(office, letter)
        except Busy:
            raise
        except Exception as fault:  # unforeseen, and of one letter: its writer sees that it did not go
            log.error("a letter was not sent", extra=located(fault))
            await give_up(office, letter)
    return len(due)


async def keep_promises(office: Office) -> int:
    """Looks at promises that may have passed; returns how many."""
    return await _look_at(office, PROMISES)


async def end_releases(office: Office) -> int:
    """Ends releases whose time is over; returns how many. One that comes again was read by nobody meanwhile."""
    return await _look_at(office, RELEASES)


async def look_at_absences(office: Office) -> int:
    """Looks at absences that begin or end, and at offers that lapse; returns how many."""
    return await _look_at(office, ABSENCES)


async def pass_on_unread(office: Office) -> int:
    """Looks whether what is to be read first was read; returns how many conversations."""
    return await _look_at(office, RAISED)


async def end_what_was_planned(office: Office) -> int:
    """Looks whether care ends as it was planned; returns in how many conversations."""
    return await _look_at(office, ENDINGS)


async def _look_at(office: Office, kind: Due[Item]) -> int:
    now = office.clock()
    due = await kind.claim(office, now, LEASE, AT_ONCE)
    for practice, item in due:
        await _attend(office, kind, practice, item, now)
    return len(due)


async def _attend(office: Office, kind: Due[Item], practice: PracticeId, item: Item, now: datetime) -> None:
    try:
        again = await kind.attend(office, practice, item)
    except Busy:
        again = now + SOON
    # Unforeseen, and of one thing: it comes again with its lease, the others go on.
    except Exception as fault:
        log.error(kind.failed, extra=located(fault))
        return
    try:
        await kind.attended(office, practice, item, now + LEASE, again)
    except Busy:
        log.warning("memory is away, what was due comes again", extra={"kind": kind.name})


async def _until_next(office: Office) -> float:
    """Seconds, bounded both ways: a clock that jumps must neither stop the watch nor spin it."""
    due = await timekeeping.next_due(office)
    if due is None:
        return LOOK
    return min(LOOK, max(0.05, (due - office.clock()).total_seconds()))
