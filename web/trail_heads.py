"""Signed heads of the audit trails, once a day into the file that is named for them, or by mail (role `jobs`)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final
from uuid import uuid4

from channels.email.composing.heads import composed_heads
from channels.email.leaving.letterhead import neutral_address
from messaging.errors import Busy
from messaging.memory.trail import Heads
from messaging.office import Office
from messaging.trail.heads import heads_due
from messaging.trust.alarms import Alarm, ring
from messaging.trust.signed_heads import SignedHead
from web.mail_trial import handed_over
from web.state import House

log = logging.getLogger(__name__)

LOOK: Final = 600.0
"""Seconds between looks whether a day has begun, and between tries while the file cannot be written, or nothing is sent."""
AT_ONCE: Final = 500
"""Heads of one mail: some 170 KB. What is left goes with the next look."""
Send = Callable[[Sequence[SignedHead]], Awaitable[None]]


class NotSent(Exception):
    """The relay did not take them. Its text is for the operator alone, and quotes nobody."""


@asynccontextmanager
async def giving_out_heads(house: House) -> AsyncIterator[None]:
    """Gives them out until left; not where neither a file nor an address is named."""
    work = {}
    if house.heads is not None:
        work["signed heads"] = partial(give_out_heads, house.office, house.heads)
    to = house.settings.mail.trail_head_to
    if house.heads_mailed is not None and to is not None:
        send = partial(sent_to, house, to)
        work["signed heads by mail"] = partial(give_out_heads, house.office, house.heads_mailed, send=send)
    async with asyncio.TaskGroup() as group:
        giving = [group.create_task(house.keeper.keep(name, each)) for name, each in work.items()]
        try:
            yield
        finally:
            for one in giving:
                one.cancel()


async def give_out_heads(office: Office, kept: Heads, every: float = LOOK, send: Send | None = None) -> None:
    """Until cancelled. A file that cannot be written, or a mail that is not taken, rings, and is tried again."""
    while True:  # bound: until cancelled; each turn sleeps
        try:
            await give_out(office, kept, send)
        except Busy:
            log.warning("memory is away, signed heads wait")
        except OSError:
            ring(Alarm.TRAIL, what="signed heads not kept")
        except NotSent:
            ring(Alarm.TRAIL, what="signed heads not sent")
        await asyncio.sleep(every)


async def give_out(office: Office, kept: Heads, send: Send | None = None) -> int:
    """What is due by now, sent before it is kept; how many heads. Cut off between the two it is sent again.

    Raises Busy, OSError, NotSent.
    """
    known = await asyncio.to_thread(kept.known)
    heads = await heads_due(office, known)
    if heads and send is not None:
        heads = heads[:AT_ONCE]
        await send(heads)
    return await asyncio.to_thread(kept.add, heads) if heads else 0


async def sent_to(house: House, to: str, heads: Sequence[SignedHead]) -> None:
    """One mail, by the relay all mail goes by; it waits in no queue. Raises NotSent."""
    mail, now = house.settings.mail, house.office.clock()
    sender = mail.sender or neutral_address(mail.domain)
    raw = composed_heads(now, sender, to, f"heads.{uuid4().hex}@{mail.domain}", heads)
    trouble = await handed_over(house, sender, to, raw)
    ours = asyncio.current_task()
    if ours is not None and ours.cancelling():  # the library takes it for the relay's end, and would go on
        raise asyncio.CancelledError
    if trouble is not None:
        raise NotSent(trouble)
