"""Events on their way to programs of others (role `jobs`): numbered by the follower, posted by couriers.

A post is signed with the secret: `Quietline-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.BODY`. Whoever
takes it checks both: that it is ours, and that it is of this moment and not an old one played again.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from channels.chat import frames
from messaging.errors import Busy
from messaging.integrating.events import follow
from messaging.integrating.webhooks import Webhook, tell_due
from messaging.memory.integrating import StoredEvent
from messaging.pushing.telling import push_due
from web.outbound.exchange import NotAnswered
from web.outbound.places import NotAllowed, target_of
from web.state import House

log = logging.getLogger(__name__)

SIGNATURE: Final = "Quietline-Signature"
COURIERS: Final = 4
"""Posts under way of one node: a receiver that takes its time holds up one."""
LOOK: Final = 0.5
"""Seconds between looks for what is due."""


@asynccontextmanager
async def telling(house: House) -> AsyncIterator[None]:
    """Until left. Without a list of hosts nothing is posted; events are numbered all the same."""
    async with asyncio.TaskGroup() as group:
        working = [group.create_task(house.keeper.keep("events", partial(working_at, follow, house)))]
        if house.webhooks.hosts.named:
            step = partial(tell_due, tell=partial(tell, house))
            working += [
                group.create_task(house.keeper.keep(f"webhooks {one}", partial(working_at, step, house)))
                for one in range(1, COURIERS + 1)
            ]
        if house.push.key is not None:
            step = partial(push_due, push=house.push.push)
            working += [
                group.create_task(house.keeper.keep(f"push {one}", partial(working_at, step, house)))
                for one in range(1, COURIERS + 1)
            ]
        try:
            yield
        finally:
            for one in working:
                one.cancel()


async def working_at(step: Callable[..., Awaitable[bool]], house: House) -> None:
    """Until cancelled. The database's faults never end it."""
    while True:  # bound: until cancelled; each turn works, or pauses
        try:
            if await step(house.office):
                continue
        except Busy:
            log.warning("memory is away, events wait")
        await asyncio.sleep(LOOK)


async def tell(house: House, webhook: Webhook, event: StoredEvent) -> bool:
    """Posts one event, once; whether it was taken. A redirection is none."""
    body = frames.encode(as_told(event)).encode()
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: signature(webhook.secret, int(house.office.clock().timestamp()), body),
    }
    try:
        answer = await house.webhooks.post(webhook.url, headers, body)
    except (NotAllowed, NotAnswered) as fault:
        _not_taken(webhook, type(fault).__name__)
        return False
    if not 200 <= answer.status < 300:
        _not_taken(webhook, str(answer.status))
        return False
    return True


def _not_taken(webhook: Webhook, why: str) -> None:
    host = target_of(webhook.url).host
    log.warning("an event was not taken", extra={"webhook": str(webhook.id), "host": host, "why": why})


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The value of the header. `seconds`: since 1970, of the moment of sending."""
    signed = str(seconds).encode() + b"." + body
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def as_told(event: StoredEvent) -> dict[str, Any]:
    """The six keys, and no other: those that are about nothing are left out."""
    one = event.happened
    about = {"conversation": one.conversation, "person": one.person, "id": one.id}
    said = {name: str(value) for name, value in about.items() if value is not None}
    return {"number": event.number, "at": frames.moment(one.at), "type": one.type, **said}
