"""Whether words would be kept right now: asked by a real write, like theirs, that leaves nothing behind.

A read says nothing about a database that has become read-only, or whose disk is full. Many who ask share one write a second:
a flood of questions is no flood of writes.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

import asyncpg
from sqlalchemy import text

from messaging.errors import Busy
from threads.batches import Gathering
from threads.connection.limits import Limits
from threads.database import Connect, Database

FRESH: Final = 1.0
"""Seconds an answer holds."""

WRITE: Final = """begin;
insert into queue (kind, practice_id, id, next_at) values ('probe', '{id}', '{id}', 'infinity');
delete from queue where kind = 'probe' and practice_id = '{id}' and id = '{id}';
commit"""
"""One round trip, and one commit that must reach the disk. Each under an id of its own: nodes do not wait for each other."""


class Probe:
    """The probe of this process. `run` is its loop."""

    def __init__(self, connect: Connect, limits: Limits) -> None:
        self._gathering: Gathering[None, None] = Gathering(connect, _write, limits)
        self._limit = limits.probe
        self._asked_at = -FRESH
        self._answer = False
        self._asking = asyncio.Lock()

    async def writes(self) -> bool:
        """Whether a write was committed within the last `FRESH`, or is now, within `Limits.probe`."""
        async with self._asking:  # one asks, and all who came meanwhile have its answer
            if time.monotonic() - self._asked_at >= FRESH:
                self._answer = await self._write()
                self._asked_at = time.monotonic()
            return self._answer

    async def _write(self) -> bool:
        try:
            async with asyncio.timeout(self._limit):
                await self._gathering.ask(None)
        except (Busy, TimeoutError):
            return False
        return True

    async def run(self) -> None:
        """Answers until cancelled."""
        await self._gathering.run()


async def _write(connection: asyncpg.Connection, asked: Sequence[None]) -> list[None]:
    await connection.execute(WRITE.format(id=uuid4()))
    return [None] * len(asked)


async def clock_off(database: Database) -> float:
    """Seconds by which this machine's clock is ahead of the database's, which all nodes share. Raises Busy."""
    before = time.time()
    async with database.anywhere() as connection:
        there: datetime = await connection.scalar(text("select clock_timestamp()"))
    return (before + time.time()) / 2 - there.timestamp()
