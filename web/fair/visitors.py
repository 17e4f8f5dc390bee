"""How much one person asks for at the same time: what a request reads is held in memory until its answer begins.

A page asks for four or five things at once, on two devices. What comes beyond `AT_ONCE` waits for the same person's own
requests and for nobody else's; nobody's fortieth page holds up another's first.
"""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from messaging.errors import Busy

AT_ONCE: Final = 8
WAITING: Final = 64
PATIENCE: Final = 20.0
"""Seconds to wait for a place among one's own."""


@dataclass(slots=True)
class _Places:
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    here: int = 0


class Visitors:
    """Everybody with a request at work."""

    def __init__(self) -> None:
        self._of: dict[Hashable, _Places] = {}  # bound: requests at work

    def __len__(self) -> int:
        return len(self._of)

    async def come(self, whose: Hashable) -> None:
        """Returns when there is a place among their own; `go` must follow. Raises Busy."""
        mine = self._of.setdefault(whose, _Places())
        if mine.here >= AT_ONCE + WAITING:
            raise Busy
        mine.here += 1
        inside = False
        try:
            async with asyncio.timeout(PATIENCE):
                inside = await mine.free.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            if not inside:
                self._gone(whose, mine)

    def go(self, whose: Hashable) -> None:
        """Their answer begins."""
        mine = self._of[whose]
        mine.free.release()
        self._gone(whose, mine)

    def _gone(self, whose: Hashable, mine: _Places) -> None:
        mine.here -= 1
        if not mine.here:
            del self._of[whose]


@dataclass(slots=True)
class Stay:
    """One request, from when it is known who asks until the answer begins."""

    visitors: Visitors
    whose: Hashable | None = None
    _inside: bool = False

    async def of(self, whose: Hashable) -> None:
        """It is theirs from here on. Raises Busy."""
        if self.whose is not None:
            return
        await self.visitors.come(whose)
        self.whose, self._inside = whose, True

    def end(self) -> None:
        """Harmless more than once."""
        if self._inside:
            self._inside = False
            self.visitors.go(self.whose)
