"""Signed heads of the audit trails, once a day into the file that is named for them (role `jobs`)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from messaging.errors import Busy
from messaging.memory.trail import Heads
from messaging.office import Office
from messaging.trail.heads import heads_due
from messaging.trust.alarms import Alarm, ring
from web.state import House

log = logging.getLogger(__name__)

LOOK: Final = 600.0
"""Seconds between looks whether a day has begun, and between tries while the file cannot be written."""


@asynccontextmanager
async def giving_out_heads(house: House) -> AsyncIterator[None]:
    """Gives them out until left; not where no file is named."""
    if house.heads is None:
        yield
        return
    async with asyncio.TaskGroup() as group:
        work = partial(give_out_heads, house.office, house.heads)
        giving = group.create_task(house.keeper.keep("signed heads", work))
        try:
            yield
        finally:
            giving.cancel()


async def give_out_heads(office: Office, kept: Heads, every: float = LOOK) -> None:
    """Until cancelled. A file that cannot be written rings, and is tried again."""
    while True:  # bound: until cancelled; each turn sleeps
        try:
            await give_out(office, kept)
        except Busy:
            log.warning("memory is away, signed heads wait")
        except OSError:
            ring(Alarm.TRAIL, what="signed heads not kept")
        await asyncio.sleep(every)


async def give_out(office: Office, kept: Heads) -> int:
    """What is due by now; how many heads. Raises Busy, OSError."""
    known = await asyncio.to_thread(kept.known)
    heads = await heads_due(office, known)
    return await asyncio.to_thread(kept.add, heads) if heads else 0
