"""Who is still sending: connections whose request is not whole yet, and the bytes of bodies held, over all of them.

A request that is honest is whole within moments. So where there are too many, those that have waited longest go and not
who comes: a thousand connections that never finish cost each other their places and nobody else's.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from messaging.trust.networks import network_of

OF_ONE_NETWORK: Final = 100
IN_ALL: Final = 500
"""Also of all that a trusted proxy sends: its address stands for everybody's."""
AT_MOST: Final = 4096
"""Never more, not even in the moment when everybody comes back after a restart."""
GRACE: Final = 2.0
"""Seconds in which nobody is too slow."""
BODIES: Final = 64 * 1024 * 1024
"""Bytes of bodies that are being sent or worked on."""


class Caller(Protocol):
    """A connection."""

    def too_many(self) -> None:
        """Others need the place."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is borne."""

    of_one_network: int = OF_ONE_NETWORK
    in_all: int = IN_ALL
    at_most: int = AT_MOST
    grace: float = GRACE
    bodies: int = BODIES


class Callers:
    """All of one listener. `later(seconds, look)` calls back; `now` is a monotonic clock in seconds."""

    def __init__(self, trusted: Iterable[str] = (), bounds: Bounds | None = None) -> None:
        self._trusted = frozenset(trusted)
        self._bounds = bounds or Bounds()
        self._since: OrderedDict[Caller, float] = OrderedDict()  # bound: AT_MOST
        self._network: dict[Caller, str] = {}  # bound: AT_MOST
        self._of_network: dict[str, OrderedDict[Caller, None]] = {}  # bound: AT_MOST
        self._held: dict[Caller, int] = {}  # bound: connections with a body, BODIES bytes of all
        self.held = 0
        self._looking = False

    @property
    def sending(self) -> int:
        """How many requests are not whole."""
        return len(self._since)

    def began(
        self,
        caller: Caller,
        address: str,
        now: float,
        later: Callable[[float, Callable[[float], None]], object],
    ) -> bool:
        """A connection or its next request has begun; False when not even one more can be borne."""
        if len(self._since) >= self._bounds.at_most:
            return False
        network = "" if address in self._trusted else network_of(address) or address
        self._since[caller] = now
        self._network[caller] = network
        same = self._of_network.setdefault(network, OrderedDict())
        same[caller] = None
        beyond = len(self._since) > self._bounds.in_all or (
            network and len(same) > self._bounds.of_one_network
        )
        if beyond and not self._looking:
            self._looking = True
            later(self._bounds.grace, self._look)
        return True

    def whole(self, caller: Caller) -> None:
        """Its request is whole, or nobody waits for it any more."""
        if self._since.pop(caller, None) is None:
            return
        network = self._network.pop(caller)
        same = self._of_network[network]
        del same[caller]
        if not same:
            del self._of_network[network]

    def hold(self, caller: Caller, size: int) -> None:
        """So many bytes more of its body. Beyond the bound whoever has been sending longest goes, at last itself."""
        self._held[caller] = self._held.get(caller, 0) + size
        self.held += size
        while self.held > self._bounds.bodies:
            oldest = next((one for one in self._since if self._held.get(one)), caller)
            oldest.too_many()
            self.release(oldest)
            if oldest is caller:
                return

    def release(self, caller: Caller) -> None:
        """Its bodies are done with."""
        self.held -= self._held.pop(caller, 0)

    def gone(self, caller: Caller) -> None:
        """The connection has ended."""
        self.whole(caller)
        self.release(caller)

    def _look(self, now: float) -> None:
        self._looking = False
        for network, same in list(self._of_network.items()):
            if network:
                self._trim(list(same), len(same) - self._bounds.of_one_network, now)
        self._trim(list(self._since), len(self._since) - self._bounds.in_all, now)

    def _trim(self, oldest_first: list[Caller], beyond: int, now: float) -> None:
        for caller in oldest_first[: max(0, beyond)]:
            if now - self._since[caller] >= self._bounds.grace:
                caller.too_many()
                self.whole(caller)
