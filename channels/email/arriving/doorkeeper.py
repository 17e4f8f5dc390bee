"""Who is in at a listener, and how much of our memory they may fill together.

A letter begins in the little every connection may hold. One that is larger needs one of a few seats; until one is free we
do not read on, so its peer waits and nothing fills.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from channels.email.terms import DialogLimits
from messaging.trust.networks import network_of


class Guest(Protocol):
    """One connection, as the listeners end it."""

    busy: bool
    """A letter is being committed."""

    @property
    def task(self) -> "asyncio.Task[None]":
        """What serves this peer."""

    def dismiss(self, words: str) -> None:
        """Ends it with an answer."""

    def cut(self) -> None:
        """Ends it without a word."""


class Doorkeeper:
    """Knows who is in, over one listener. `is_border` tells our own border server by its address."""

    def __init__(
        self, limits: DialogLimits, is_border: Callable[[str | None], bool] = lambda _: False
    ) -> None:
        self.limits = limits
        self.closing = False
        self.inside: set[Guest] = set()  # bound: `limits.connections`
        self.empty = asyncio.Event()
        self.empty.set()
        self._is_border = is_border
        self._each: Counter[str] = Counter()  # bound: those inside
        self._seated: Counter[str] = Counter()  # bound: `limits.seats`
        self._changed = asyncio.Condition()

    @property
    def crowded(self) -> bool:
        """Whether places become rare."""
        return len(self.inside) >= self.limits.crowd

    def enter(self, guest: Guest, address: str | None) -> bool:
        """Lets a connection in, unless there are too many."""
        too_many = self._each[_place(address)] >= self.limits.connections_each and not self._exempt(address)
        if self.closing or too_many or len(self.inside) >= self.limits.connections:
            return False
        self.inside.add(guest)
        self.empty.clear()
        self._each[_place(address)] += 1
        return True

    def leave(self, guest: Guest, address: str | None) -> None:
        """It has ended."""
        self.inside.discard(guest)
        _less(self._each, address)
        if not self.inside:
            self.empty.set()

    async def seat(self, address: str | None) -> bool:
        """A place for a large letter; False when none became free in time. Give it back by `stand_up`."""
        try:
            async with asyncio.timeout(self.limits.wait), self._changed:
                await self._changed.wait_for(lambda: self._has_seat(address))
                self._seated[_place(address)] += 1
        except TimeoutError:
            return False
        return True

    async def stand_up(self, address: str | None) -> None:
        """The letter is kept, or given up."""
        _less(self._seated, address)
        async with self._changed:
            self._changed.notify_all()

    def _has_seat(self, address: str | None) -> bool:
        mine = self._seated[_place(address)] < self.limits.seats_each or self._exempt(address)
        return mine and self._seated.total() < self.limits.seats

    def _exempt(self, address: str | None) -> bool:
        return address is None or self._is_border(address)


def _less(counted: Counter[str], address: str | None) -> None:
    place = _place(address)
    counted[place] -= 1
    if counted[place] <= 0:  # strangers' addresses are not remembered
        del counted[place]


def _place(address: str | None) -> str:
    """Whom a peer is counted as. What is no address is a Unix socket's."""
    return (network_of(address) if address else None) or ""
