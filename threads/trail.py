"""The audit trail: append-only, gapless within a practice, each line chained to the one before by a keyed hash.

Lines are written in groups like entries are, because opening a conversation is a line too and must not wait its turn.
The hash key is not in the database, so whoever can rewrite rows cannot rewrite the chain; how long it was is anchored
outside as well, so that nobody can cut its end off (`anchors`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import Busy
from messaging.ids import PersonId, PracticeId
from messaging.trust.alarms import Alarm, ring
from threads.anchors import Anchors, Head
from threads.database import Database
from threads.tables.trail import trail

WAITING: Final = 8_192
BATCH: Final = 256

Mac = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, to what, when."""

    practice: PracticeId
    at: datetime
    actor: PersonId
    action: str
    subject: UUID | None

    def canonical(self, seq: int) -> bytes:
        """What the hash covers."""
        subject = self.subject.bytes if self.subject else b"\x00" * 16
        moment = int(self.at.timestamp() * 1_000_000).to_bytes(8, "big")
        return b"".join(
            (
                self.practice.bytes,
                seq.to_bytes(8, "big"),
                moment,
                self.actor.bytes,
                subject,
                self.action.encode(),
            )
        )


class Trail:
    """Appends and verifies."""

    def __init__(self, database: Database, mac: Mac, anchors: Anchors) -> None:
        self._database = database
        self._mac = mac
        self.anchors = anchors
        self._seen: dict[PracticeId, Head] = {}
        """Where each chain ended when this process last wrote to it; one for each practice."""
        self._queue: deque[tuple[Line, asyncio.Future[None]]] = deque()
        self._filled = asyncio.Event()

    def note(
        self, practice: PracticeId, at: datetime, actor: PersonId, action: str, subject: UUID | None
    ) -> Awaitable[None]:
        """Appends one line; resolves after the commit."""
        if len(self._queue) >= WAITING:
            raise Busy
        done = asyncio.get_running_loop().create_future()
        self._queue.append((Line(practice, at, actor, action, subject), done))
        self._filled.set()
        return done

    async def run(self) -> None:
        """Writes until cancelled."""
        while True:
            await self._filled.wait()
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            if not self._queue:
                self._filled.clear()
            batch.sort(key=lambda b: b[0].practice.int)
            try:
                for practice, group in groupby(batch, key=lambda b: b[0].practice):
                    await self._append(practice, list(group))
            finally:
                # Stopped, or after a fault of ours: no act may wait for ever.
                for _, done in batch:
                    if not done.done():
                        done.set_exception(Busy())

    async def _append(self, practice: PracticeId, group: list[tuple[Line, "asyncio.Future[None]"]]) -> None:
        try:
            async with self._database.within(practice) as connection:
                head = await self._write(connection, practice, [line for line, _ in group])
        except Exception as fault:  # every waiting act must hear of it; the next group may succeed
            for _, done in group:
                if not done.done():
                    done.set_exception(fault if isinstance(fault, Busy) else Busy())
            return
        self._seen[practice] = head
        self.anchors.reached(practice, head)
        for _, done in group:
            if not done.done():
                done.set_result(None)

    async def _write(self, connection: AsyncConnection, practice: PracticeId, lines: list[Line]) -> Head:
        # One chain, one writer at a time, whatever the node.
        await connection.execute(select(func.pg_advisory_xact_lock(practice.int >> 65)))
        head = (
            await connection.execute(
                select(trail.c.seq, trail.c.mac)
                .where(trail.c.practice_id == practice)
                .order_by(trail.c.seq.desc())
                .limit(1)
            )
        ).one_or_none()
        seq, mac = (head.seq, head.mac) if head else (0, b"")
        if (seen := self._seen.get(practice)) and seen.seq > seq:  # others may have written more, never less
            ring(Alarm.TRAIL, practice)
        rows = []
        for line in lines:
            seq += 1
            mac = self._mac(mac, line.canonical(seq))
            rows.append(
                {
                    "practice_id": practice,
                    "seq": seq,
                    "at": line.at,
                    "actor_id": line.actor,
                    "action": line.action,
                    "subject_id": line.subject,
                    "mac": mac,
                }
            )
        await connection.execute(insert(trail), rows)
        return Head(seq, mac)

    async def stands(self, practice: PracticeId, head: Head) -> bool:
        """Whether the chain holds this line with this link. One look-up by the key."""
        query = select(trail.c.mac).where(trail.c.practice_id == practice, trail.c.seq == head.seq)
        async with self._database.within(practice) as connection:
            return bool(await connection.scalar(query) == head.mac)

    async def verify(self, practice: PracticeId) -> tuple[int, int | None]:
        """How many lines stand, and the number of the first that does not fit the chain (None: all fit).

        One more than stand: the lines from there on were there when the chain was anchored, and are gone.
        """
        count, mac, anchored = 0, b"", self.anchors.known(practice)
        query = select(trail).where(trail.c.practice_id == practice).order_by(trail.c.seq)
        async with self._database.within(practice) as connection:
            async for row in await connection.stream(query.execution_options(yield_per=1000)):
                count += 1
                line = Line(practice, row.at, row.actor_id, row.action, row.subject_id)
                mac = self._mac(mac, line.canonical(row.seq))
                if row.seq != count or mac != row.mac or _differs(anchored, count, mac):
                    return count, row.seq
        return count, count + 1 if anchored is not None and anchored.seq > count else None


def _differs(anchored: Head | None, seq: int, mac: bytes) -> bool:
    """Another chain, whole in itself, in the place of the one that was anchored."""
    return anchored is not None and anchored.seq == seq and anchored.mac != mac
