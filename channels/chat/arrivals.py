"""Who is connected to this node, and by which sign-in: it ends when that does, or when its other end is stuck."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from channels.chat import frames
from channels.chat.closes import CROWDED, SIGNED_OUT
from channels.chat.connection import SEND_TIMEOUT, Connection
from messaging.entrance.signing_in import must_set_up
from messaging.ids import PersonId

SWEEP: Final = SEND_TIMEOUT / 2
"""Seconds between looks at all connections: does the other end take what it is sent, has its sign-in run out?"""
MOST: Final = 200
"""Connections of one person on this node: a browser has one, however many its tabs; a program in a loop has no end."""
ENDED: Final = 256
"""Sign-ins that ended last: a look-up under way takes moments, and nobody signs out that often."""


class Arrivals:
    """All connections of this node."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()  # bound: the sockets this process may have open
        self._count: Counter[PersonId] = Counter()  # bound: one for each connection at most
        self._ended: deque[UUID] = deque(maxlen=ENDED)

    def arrive(self, connection: Connection) -> None:
        """Its sign-in may have ended while it was being looked up, and the bell rings once."""
        self.connections.add(connection)
        self._count[connection.person] += 1
        if connection.signed_in.sign_in.id in self._ended:
            connection.close(SIGNED_OUT)
        elif self._count[connection.person] > MOST:
            connection.close(CROWDED)

    def depart(self, connection: Connection) -> None:
        """It has gone."""
        if connection not in self.connections:
            return
        self.connections.remove(connection)
        self._count[connection.person] -= 1
        if not self._count[connection.person]:
            del self._count[connection.person]

    def signed_out(self, sign_in: UUID) -> None:
        """The bell says so: at once for those who are here, and for who is just arriving."""
        self._ended.append(sign_in)
        for connection in [c for c in self.connections if c.signed_in.sign_in.id == sign_in]:
            connection.close(SIGNED_OUT)

    def release_ended(self, named: str) -> None:
        """Who a release was to is told that, and nothing more: they belong to no conversation of it."""
        _, person, conversation, release = named.split("/")
        frame = frames.release_ended(conversation, release)
        for connection in self.connections:
            if str(connection.person) == person:
                connection.push(frame)

    async def sweep(self, clock: Callable[[], datetime], attend: Callable[[], Awaitable[None]]) -> None:
        """Looks at all of them from time to time, until cancelled. `attend`: to who is at work (`attendance`)."""
        while True:  # bound: until cancelled; each turn sleeps SWEEP
            await asyncio.sleep(SWEEP)
            now = clock()
            for connection in list(self.connections):
                connection.look()
                asking = connection.signed_in
                if asking.sign_in.expires_at <= now or must_set_up(now, asking):
                    connection.close(SIGNED_OUT)
            await attend()
