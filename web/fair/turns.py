"""Whose turn it is at work that is slow by design: known people before strangers, and each of them one after the other.

Strangers wait in a short line and are refused beyond it. Known people (`messaging.office.Asking`) are not, and where more
than one can work at once, one place is never given to a stranger. Within a line whoever has waited longest stands for
their key (a network, a device, a person) and the keys take turns: a crowd of one key delays itself.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Container, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from messaging.errors import Busy
from messaging.office import Asking

STRANGERS: Final = 32
OF_ONE_NETWORK: Final = 4
KNOWN: Final = 2_000
"""Every one of them signed in before. A bound only against faults of our own: their own paces stop them far below it."""
OF_ONE_PERSON: Final = 32
IN_A_ROW: Final = 4
"""Known ones before a stranger who waits: also in the morning, when everybody comes, somebody new gets in."""

Place = asyncio.Future[None]


@dataclass(slots=True)
class Line:
    """Those who wait. `each` of one key, `whole` of all."""

    each: int
    whole: int
    size: int = 0
    _places: OrderedDict[Hashable, deque[Place]] = field(default_factory=OrderedDict)  # bound: `whole` places

    def join(self, key: Hashable) -> Place:
        """A place at the end. Raises Busy when there is none."""
        of_key = self._places.get(key, deque())
        if self.size >= self.whole or len(of_key) >= self.each:
            raise Busy
        place: Place = asyncio.get_running_loop().create_future()
        of_key.append(place)
        self._places[key] = of_key
        self.size += 1
        return place

    def leave(self, key: Hashable, place: Place) -> None:
        """Somebody has given up."""
        of_key = self._places.get(key)
        if of_key is not None and place in of_key:
            of_key.remove(place)
            self._left(key, of_key)

    def next(self, but: Container[Hashable] = ()) -> tuple[Hashable, Place] | None:
        """The first of the key whose turn it is, of none of `but`; the key goes to the end of the keys."""
        key = next((one for one in self._places if one not in but), None)
        if key is None:
            return None
        of_key = self._places[key]
        place = of_key.popleft()
        self._places.move_to_end(key)
        self._left(key, of_key)
        return key, place

    def _left(self, key: Hashable, of_key: deque[Place]) -> None:
        self.size -= 1
        if not of_key:
            del self._places[key]


class Turns:
    """The turns at so many places."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._for_strangers = max(1, places - 1)
        self._taken = self._by_strangers = self._in_a_row = 0
        self._known, self._strangers = Line(OF_ONE_PERSON, KNOWN), Line(OF_ONE_NETWORK, STRANGERS)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._known.size + self._strangers.size

    @asynccontextmanager
    async def turn(self, asking: Asking) -> AsyncIterator[None]:
        """Inside it is theirs. Raises Busy."""
        await self.take(asking)
        try:
            yield
        finally:
            self.done(asking)

    async def take(self, asking: Asking) -> None:
        """Returns when it is their turn; `done` must follow. Raises Busy."""
        line = self._known if asking.known else self._strangers
        place = line.join(asking.key)
        self._call()
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                line.leave(asking.key, place)
            else:  # called in the very moment of leaving
                self.done(asking)
            raise

    def done(self, asking: Asking) -> None:
        """Their work is done."""
        self._taken -= 1
        if not asking.known:
            self._by_strangers -= 1
        self._call()

    def _call(self) -> None:
        while self._taken < self._places:
            may_stranger = self._by_strangers < self._for_strangers
            turn = may_stranger and (self._in_a_row >= IN_A_ROW or not self._known.size)
            called = self._strangers.next() if turn else None
            stranger = called is not None
            called = called or self._known.next()
            if called is None:
                return
            _, place = called
            if place.cancelled():
                continue
            self._in_a_row = 0 if stranger else self._in_a_row + 1
            self._taken += 1
            self._by_strangers += stranger
            place.set_result(None)
