"""Calls to the hosts of a list: what somebody gave us an address for is called there and nowhere else, off the loop."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from web.outbound import places
from web.outbound.exchange import Answer, Bounds, Call, NotAnswered, exchange
from web.outbound.places import Hosts, NotAllowed, Resolve, Target, target_of

AT_ONCE: Final = 8
"""Calls under way of one carrier: slow hosts hold up those of the same carrier alone, and threads are few."""
RESOLVING: Final = 15.0
"""Seconds beside those of the call: the system's resolver has limits of its own, and nobody waits longer for it."""


@dataclass(frozen=True, slots=True)
class World:
    """What it reaches the world with, so that tests have a world of their own."""

    resolve: Resolve = places.resolve
    allowed: Callable[[Target, str], bool] = places.may_be_called
    context: ssl.SSLContext | None = None


@dataclass(slots=True)
class Carrier:
    """Posts to hosts of its list. `close` ends its threads."""

    hosts: Hosts
    bounds: Bounds = field(default_factory=Bounds)
    world: World = field(default_factory=World)
    _threads: ThreadPoolExecutor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "outbound")

    def target(self, url: str) -> Target:
        """Where it goes. Raises NotAllowed, also for a host that is not on the list."""
        target = target_of(url)
        if not self.hosts.allow(target):
            raise NotAllowed(f"{target.host} is not on the list of hosts that may be called")
        return target

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Once. Raises NotAllowed, NotAnswered."""
        target = self.target(url)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.bounds.altogether + RESOLVING):
                return await loop.run_in_executor(self._threads, self._post, target, headers, body)
        except TimeoutError:
            raise NotAnswered from None

    def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            found = self.world.resolve(target.host, target.port)
        except OSError:
            raise NotAnswered from None
        there = next((one for one in found if self.world.allowed(target, one)), None)
        if there is None:
            raise NotAllowed(f"{target.host} has no public address")
        secure = target.scheme == "https"
        call = Call(
            target.host,
            target.port,
            target.path,
            method="POST",
            headers=headers,
            body=body,
            secure=secure,
            there=there,
        )
        return exchange(call, self.bounds, self.world.context)

    def close(self) -> None:
        """Waits for nobody: what is under way ends by its own limits."""
        self._threads.shutdown(wait=False, cancel_futures=True)
