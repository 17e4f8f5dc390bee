"""The bell: LISTEN/NOTIFY between the nodes of an installation. It carries ids and numbers, never words.

    n node practice/conversation/last ...   new entries up to `last`, written by `node` (`nodes.ringer`)
    a|b node ...                            a node has come, or is greeted (`nodes.neighbours`)
    m practice/conversation                 its members or its session have changed
    i practice/conversation                 a letter of it is held, or no longer
    o sign-in                               signed out
    e practice/person/conversation/release  a release to that person has ended
    r                                       a letter waits to be read
    c node ...                              a clinician reads or writes (grammar in `channels.chat.company`)
    p|q|h|t|w node ...                      signs of live sessions (grammar in `channels.chat.passing`)

A lost bell costs latency, never a message: whoever hears again after a gap asks for what it lacks.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from threads.connection.outages import is_outage
from threads.database import Connect, Database

log = logging.getLogger(__name__)

CHANNEL: Final = "quietline"

Hear = Callable[[str], None]
Gap = Callable[[float], None]


async def ring(connection: AsyncConnection, payload: str) -> None:
    """Rings when the transaction commits, and only then."""
    await connection.execute(
        text("select pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload}
    )


class Bell:
    """Listens for this node. `hear` gets each payload; `gap`, after every (re)connection, the seconds of deafness before."""

    def __init__(self, connect: Connect, database: Database, node: str) -> None:
        self._connect = connect
        self._database = database
        self._node = node
        self._heartbeat = database.limits.heartbeat
        self._heard_at = time.monotonic()
        self.listening = asyncio.Event()

    async def ring(self, payload: str) -> None:
        """Rings outside any other transaction: signs that are never stored."""
        async with self._database.anywhere() as connection:
            await ring(connection, payload)

    async def listen(self, hear: Hear, gap: Gap) -> None:
        """Listens until cancelled, reconnecting for as long as it takes."""
        pause = 0.1
        while True:  # bound: until cancelled; each turn listens, or pauses
            try:
                connection = await self._connect()
            except Exception as fault:  # only outages are waited out; the rest is raised below
                if not is_outage(fault):
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
                continue
            pause = 0.1
            try:
                await self._attend(connection, hear, gap)
            except Exception as fault:  # as above
                if not is_outage(fault):
                    raise
                log.warning("bell lost, listening again")
            finally:
                self.listening.clear()
                connection.terminate()

    async def _attend(self, connection: asyncpg.Connection, hear: Hear, gap: Gap) -> None:
        def heard(_c: Any, _pid: int, _channel: str, payload: object) -> None:
            hear(str(payload))

        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        await connection.add_listener(CHANNEL, heard)
        await connection.execute("select pg_notify($1, $2)", CHANNEL, f"a {self._node}")
        self.listening.set()
        gap(time.monotonic() - self._heard_at)
        while True:  # bound: until the connection ends; each turn waits a heartbeat
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await ended.wait()
            if ended.is_set():
                raise ConnectionResetError
            await connection.execute("select 1", timeout=self._heartbeat)
            self._heard_at = time.monotonic()
