"""The doctor's checks: what must hold for words to be kept and mail to move."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from web.state import House


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    fine: bool
    says: str


async def checks(house: House) -> AsyncIterator[Check]:
    """Each check as it is made. Database fitness and the master key were proved by opening the house."""
    yield Check("database", fine=True, says="reachable, role and durability are right")
    yield Check("master key", fine=True, says="opens this installation")
    house.room.look()
    yield Check("disk", house.room.left, "room for words" if house.room.left else "below the low-water mark")
    practices = await house.memory.directory.practices()
    yield Check("practices", bool(practices), f"{len(practices)} practices")
    for practice in practices:
        lines, broken = await house.memory.trail.verify(practice)
        yield Check(f"audit {practice}", broken is None, f"{lines} lines")
    yield await _relay(house)


async def _relay(house: House) -> Check:
    relay = house.settings.mail.relay
    if relay is None:
        return Check("relay", fine=False, says="QUIETLINE_RELAY_URL is not set: mail is owed but not sent")
    try:
        async with asyncio.timeout(10):
            _, writer = await asyncio.open_connection(relay.host, relay.port)
            writer.close()
    except (OSError, TimeoutError):
        return Check("relay", fine=False, says="cannot be reached")
    return Check("relay", fine=True, says="answers")
