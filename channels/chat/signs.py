"""Presence and typing in a live session: told to those in it, on every node, and never stored."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from channels.chat.connection import Connection
from channels.chat.frames import Sign
from channels.chat.streams import Reader, Stream, presence, typing
from messaging.errors import Refusal
from messaging.ids import PersonId

log = logging.getLogger(__name__)

WAITING: Final = 1000
"""Signs not yet passed on; beyond that they are dropped, for a late sign is a wrong one."""

Ring = Callable[[str], Awaitable[None]]


class Signs:
    """Who is here, and who is writing."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._queue: asyncio.Queue[str] = asyncio.Queue(maxsize=WAITING)

    async def run(self, ring: Ring) -> None:
        """Passes signs on to the other nodes, until cancelled."""
        while True:
            payload = await self._queue.get()
            try:
                await ring(payload)
            except Refusal:
                log.warning("a sign was not passed on")

    def arrive(self, stream: Stream, connection: Connection, before: set[PersonId]) -> None:
        """Somebody opened a live session's conversation: told to the others, and told who is there."""
        if stream.circle.conversation.live is None:
            return
        for other in before - {connection.person}:
            connection.push(presence(stream.id, other, here=True))
        self._tell(stream, before)
        self._pass_on(Sign.QUESTION, stream, connection.person, here=True)

    def leave(self, stream: Stream, person: PersonId, before: set[PersonId]) -> None:
        """Somebody's connection no longer follows."""
        self._tell(stream, before)
        if person not in {r.connection.person for r in stream.readers}:
            self._pass_on(Sign.PRESENCE, stream, person, here=False)

    def began(self, stream: Stream) -> None:
        """A session is live now: those who were there before it see each other, across nodes too."""
        for who in stream.present():
            stream.push(presence(stream.id, who, here=True), but=who)
        for who in {r.connection.person for r in stream.readers}:
            self._pass_on(Sign.PRESENCE, stream, who, here=True)

    def ended(self, stream: Stream) -> None:
        """Nobody says any more when they leave, so nobody counts as there when the next session begins."""
        stream.elsewhere.clear()

    def type(self, stream: Stream, reader: Reader) -> None:
        """Somebody writes."""
        if stream.circle.conversation.live is not None:
            who = reader.connection.person
            stream.push(typing(stream.id, who), but=who)
            self._pass_on(Sign.TYPING, stream, who, here=True)

    def heard(self, kind: Sign, stream: Stream, who: PersonId, *, here: bool) -> None:
        """A sign from another node."""
        if kind is Sign.TYPING:
            stream.push(typing(stream.id, who), but=who)
            return
        if kind is Sign.QUESTION:
            for present in {r.connection.person for r in stream.readers}:
                self._pass_on(Sign.PRESENCE, stream, present, here=True)
        before = stream.present()
        if here:
            stream.elsewhere.add(who)
        else:
            stream.elsewhere.discard(who)
        self._tell(stream, before)

    def _tell(self, stream: Stream, before: set[PersonId]) -> None:
        if stream.circle.conversation.live is None:
            return
        now = stream.present()
        for who in before ^ now:
            stream.push(presence(stream.id, who, here=who in now), but=who)

    def _pass_on(self, kind: Sign, stream: Stream, who: PersonId, *, here: bool) -> None:
        if stream.circle.conversation.live is not None and not self._queue.full():
            self._queue.put_nowait(f"{kind} {self._node} {stream.practice}/{stream.id}/{who}/{int(here)}")
