"""Who else is at this database: where nobody is, nobody is rung for.

    a node        I listen from now on
    b node other  said to `other`: I know of you, and ring for you from now on

The database is asked, not the nodes, so those of an earlier release count too, and commands beside a server. In doubt
there is somebody: a ring too many costs a little, one too few costs somebody's line its time.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import text

from messaging.errors import Busy
from threads.database import Database, named_for

EVERY: Final = 10.0
"""Seconds between looks: so long after a neighbour has died its last rings are made up for."""

_THERE: Final = text(
    "select distinct application_name from pg_stat_activity "
    "where datname = current_database() and application_name like 'quietline%'"
)

Ring = Callable[[str], Awaitable[None]]
Gap = Callable[[float], None]


class Neighbours:
    """The other processes, as far as this one knows."""

    def __init__(self, database: Database, node: str) -> None:
        self._database = database
        self._node = node
        self._known: set[str] = set()  # bound: the processes that one database serves
        self._to_greet: set[str] = set()  # bound: as above
        self._heard = asyncio.Event()
        self._came = 0
        self.listen = True
        """Whether anybody else may be listening."""

    def hear(self, payload: str, gap: Gap) -> bool:
        """What nodes say of themselves; False for all else. `gap`: what was missed until here is to be asked for."""
        kind, _, rest = payload.partition(" ")
        node, _, other = rest.partition(" ")
        if kind not in ("a", "b"):
            return False
        if node == self._node:
            return True
        self.listen = True
        self._known.add(node)
        if kind == "a":
            self._came += 1
            self._to_greet.add(node)
            self._heard.set()
        elif other == self._node:
            # What it committed before it knew of us was rung for nobody; what we read before may lack it.
            gap(0.0)
        return True

    async def run(self, ring: Ring, gap: Gap) -> None:
        """Greets who comes, and looks from time to time who is there; until cancelled."""
        while True:  # bound: until cancelled; each turn waits EVERY, or for somebody to come
            with contextlib.suppress(Busy):
                await self._greet(ring)
                await self._look(gap)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._heard.wait()
            self._heard.clear()

    async def _greet(self, ring: Ring) -> None:
        while self._to_greet:  # bound: those who came
            node = next(iter(self._to_greet))
            await ring(f"b {self._node} {node}")
            self._to_greet.discard(node)

    async def _look(self, gap: Gap) -> None:
        came = self._came
        async with self._database.anywhere() as connection:
            there = set(await connection.scalars(_THERE))
        if came != self._came:  # somebody came meanwhile: the answer may be older than they are
            return
        self.listen = bool(there - {named_for(self._node)})
        gone = {node for node in self._known if named_for(node) not in there}
        self._known -= gone
        if gone:
            # It may have died after a commit and before its ring.
            gap(2 * EVERY)
