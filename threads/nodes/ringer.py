"""Telling the other nodes of what was committed here: after the commit, and only where somebody may listen.

    a commit > `after` > due: each conversation's last number > one notification for all that came meanwhile

NOTIFY in the writing transaction would hold one lock of the whole database until the commit is on disk: commits could not
overlap. A node that dies between commit and ring leaves its neighbours untold; they make up for it once they see that it is
gone (`neighbours`), and whatever else is lost is found by the sweep (`channels.chat.sweeping`).
"""

import asyncio
import logging
from collections.abc import Sequence
from itertools import islice
from typing import Final
from uuid import UUID

import asyncpg

from messaging.errors import Busy
from messaging.keeping import Keep
from threads.batches import Gathering
from threads.bell import CHANNEL
from threads.connection.limits import Limits
from threads.database import Connect
from threads.nodes.neighbours import Neighbours
from threads.record.writer import Announce, Written

log = logging.getLogger(__name__)

TOGETHER: Final = 80
"""Conversations of one notification: twice 36 characters and a number each, below PostgreSQL's 8000 bytes."""
WAITING: Final = 50_000
"""Conversations not yet rung for. Beyond that the sweep has to find them."""
RETRY: Final = 0.3
"""Seconds before it is rung again, the database having been away."""


class Ringer:
    """Rings for the entries of this node. `run` owns its tasks and its connection."""

    def __init__(self, connect: Connect, limits: Limits, node: str, neighbours: Neighbours) -> None:
        self._node = node
        self._neighbours = neighbours
        self._due: dict[tuple[UUID, UUID], int] = {}  # bound: WAITING
        self._filled = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._bells = Gathering(connect, _ring, limits)

    def after(self, announce: Announce) -> Announce:
        """Tells this node first, and then the others."""

        def tell(written: Written) -> None:
            announce(written)
            if self._neighbours.listen:
                self._note(written)

        return tell

    def _note(self, written: Written) -> None:
        for posting, outcome in written:
            where = (posting.practice, posting.entry.conversation)
            if where in self._due or len(self._due) < WAITING:
                self._due[where] = max(outcome.number, self._due.get(where, 0))
        if self._due:
            self._filled.set()
            self._quiet.clear()

    async def run(self, keep: Keep) -> None:
        """Until cancelled; `drain` first, or what is due is left to the sweep."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("bells", self._bells.run))
            group.create_task(keep("ringer", self._pass_on))

    @property
    def rings(self) -> bool:
        """Whether something is still to be rung for."""
        return bool(self._due)

    async def drain(self) -> None:
        """Waits until everything was rung."""
        await self._quiet.wait()  # bound: the caller's

    async def _pass_on(self) -> None:
        while True:  # bound: until cancelled; each turn waits for something due
            await self._filled.wait()  # bound: until something is written
            some = dict(islice(self._due.items(), TOGETHER))
            named = " ".join(
                f"{practice}/{conversation}/{last}" for (practice, conversation), last in some.items()
            )
            try:
                await self._bells.ask(f"n {self._node} {named}")
            except Busy:
                log.warning("the other nodes were not told, ringing again")
                await asyncio.sleep(RETRY)
                continue
            for where, last in some.items():
                if self._due[where] == last:
                    del self._due[where]
            if not self._due:
                self._filled.clear()
                self._quiet.set()


async def _ring(connection: asyncpg.Connection, payloads: Sequence[str]) -> list[None]:
    await connection.execute("select pg_notify($1, p) from unnest($2::text[]) p", CHANNEL, payloads)
    return [None] * len(payloads)
