"""Breaks of a connection on their way into the record: one after the other, and again while the database is away."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from channels.chat.rooms import Room
from messaging.errors import Busy, Refusal
from messaging.faults import located
from messaging.ids import PersonId
from messaging.office import Office
from messaging.sessions.breaking import Break, note_break

log = logging.getLogger(__name__)

TRIES: Final = (0.5, 2.0, 8.0, 0.0)
"""Seconds after each failed try to write a break down, while the database is away."""
BREAKS: Final = 20_000
"""Breaks that wait to be written down: everyone of a large node at once. Beyond that the next look finds them again, and who
is back by then was not away for the record. A return always has its place, for it follows a noted break."""


class Breaks:
    """Those that wait to be written down."""

    def __init__(self) -> None:
        # bound: BREAKS, and one return for each who was noted
        self._waiting: asyncio.Queue[Break] = asyncio.Queue()

    @property
    def full(self) -> bool:
        """Whether no more are taken but returns."""
        return self._waiting.qsize() >= BREAKS

    def note(self, room: Room, person: PersonId, since: datetime, until: datetime | None = None) -> None:
        """Somebody was lost to the session in this room, or with `until` is back."""
        broken = Break(room.practice, room.conversation, room.session, person, since, until)
        self._waiting.put_nowait(broken)

    async def run(self, office: Office) -> None:
        """Writes them down until cancelled."""
        while True:  # bound: until cancelled; each turn waits for a break
            broken = await self._waiting.get()  # bound: until somebody is lost
            try:
                await _noted(office, broken)
            except Refusal:
                log.info("a break was not noted", extra={"conversation": str(broken.conversation)})
            except Exception as fault:  # unforeseen; the live room matters more than its record of breaks
                log.error("a break was not noted", extra=located(fault))


async def _noted(office: Office, broken: Break) -> None:
    for pause in TRIES:
        try:
            await note_break(office, broken)
        except Busy:
            await asyncio.sleep(pause)
        else:
            return
