"""The audit trail: append-only, gapless within a practice, each line chained to the one before by a keyed hash.

Lines are written in groups like entries are, because opening a conversation is a line too and must not wait its turn.
The hash key is not in the database, so whoever can rewrite rows cannot rewrite the chain; how long it was is anchored
outside as well, so that nobody can cut its end off (`anchors`).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import Busy
from messaging.ids import PersonId, PracticeId
from messaging.memory.trail import Line, Opening
from messaging.trust.access import Pass
from messaging.trust.alarms import Alarm, ring
from messaging.trust.noted import Act, Door, Noted, act_of, action_of, came_by
from threads.connection.outages import named
from threads.database import Database
from threads.tables.trail import trail
from threads.trail.anchors import Anchors, Head
from threads.trail.daily import Daily, begin_of
from threads.trail.waiting_lines import WaitingLines

log = logging.getLogger(__name__)

WAITING: Final = 8_192
BATCH: Final = 256
LOOK: Final = 5.0
"""Seconds between tries to write lines that wait in the file."""
READS: Final = frozenset(
    {
        *(Noted.OPENED, Noted.PREVIEWED, Noted.LETTER_OPENED, Noted.COMPLAINT_OPENED),
        *(Noted.LISTED_PEOPLE, Noted.LOOKED_AT_TRAIL),
    }
)
"""Actions that change nothing."""

Mac = Callable[[bytes, bytes], bytes]


class Trail:
    """Appends and verifies."""

    def __init__(
        self, database: Database, mac: Mac, anchors: Anchors, waiting: WaitingLines | None = None
    ) -> None:
        self._waiting = waiting
        self._database = database
        self._mac = mac
        self.anchors = anchors
        self._seen: dict[PracticeId, Head] = {}  # bound: one for each practice of the installation
        """Where each chain ended when this process last wrote to it; one for each practice."""
        self._queue: deque[tuple[Line, asyncio.Future[None]]] = deque()  # bound: WAITING
        self._filled = asyncio.Event()
        self._daily = Daily()

    def note(
        self, practice: PracticeId, at: datetime, actor: PersonId, act: Act, subject: UUID | None
    ) -> Awaitable[None]:
        """Appends one line; resolves after the commit. A read's may wait in a file instead, while only reading works."""
        if len(self._queue) >= WAITING:
            raise Busy
        done = asyncio.get_running_loop().create_future()
        action, door = action_of(act), came_by()
        line = Line(practice=practice, at=at, actor=actor, action=action, subject=subject, door=door)
        self._queue.append((line, done))
        self._filled.set()
        return done

    async def note_daily(
        self, practice: PracticeId, at: datetime, actor: PersonId, act: Noted, subjects: Collection[UUID]
    ) -> None:
        """One line for each of these, but for those of which there is one of that day (UTC) already."""
        whose = (actor, act)
        known = self._daily.known(whose, at)
        if known is None:
            known = self._daily.learn(whose, at, await self._noted_today(practice, actor, act, at))
        new = [one for one in dict.fromkeys(subjects) if one not in known]
        known.update(new)
        try:
            await asyncio.gather(*(self.note(practice, at, actor, act, one) for one in new))
        except BaseException:  # raised again: what is not noted is noted when it is seen the next time
            known.difference_update(new)
            raise

    async def _noted_today(
        self, practice: PracticeId, actor: PersonId, act: Noted, at: datetime
    ) -> Sequence[UUID]:
        query = select(trail.c.subject_id).where(
            trail.c.practice_id == practice,
            trail.c.actor_id == actor,
            trail.c.at >= begin_of(at),
            trail.c.action == act,
        )
        async with self._database.within(practice) as connection:
            return list((await connection.execute(query)).scalars())

    async def run(self) -> None:
        """Writes until cancelled."""
        while True:  # bound: until cancelled; each turn waits for a line, or LOOK
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK if self._waiting else None):
                    await self._filled.wait()
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            if not self._queue:
                self._filled.clear()
            batch.sort(key=lambda b: b[0].practice.int)
            try:
                caught_up = await self._write_what_waited()
                for practice, group in groupby(batch, key=lambda b: b[0].practice):
                    await self._append(practice, list(group), caught_up=caught_up)
            finally:
                # Stopped, or after a fault of ours: no act may wait for ever.
                for _, done in batch:
                    if not done.done():
                        done.set_exception(Busy())

    async def _write_what_waited(self) -> bool:
        """Before anything newer, so that the order stays. False while it still must wait."""
        if not self._waiting:
            return True
        lines = sorted(self._waiting.all(), key=lambda line: line.practice.int)
        for practice, group in groupby(lines, key=lambda line: line.practice):
            try:
                await self._write_once(practice, list(group))
            except Busy:
                return False
            except Exception as fault:  # a practice that is gone must not hold up the trail of all others
                log.error("waiting audit lines refused", extra={**named(fault), "practice": str(practice)})
        self._waiting.written()
        log.warning("audit lines of reads that waited are in the trail", extra={"lines": len(lines)})
        return True

    async def _write_once(self, practice: PracticeId, lines: list[Line]) -> None:
        """But for those that stand already: we may have ended between a commit and `written`."""
        since = select(trail.c.at, trail.c.actor_id, trail.c.action, trail.c.subject_id).where(
            trail.c.practice_id == practice, trail.c.at >= min(line.at for line in lines)
        )
        async with self._database.within(practice) as connection:
            await connection.execute(_lock(practice))
            known = {tuple(row) for row in await connection.execute(since)}
            new = [one for one in lines if (one.at, one.actor, one.action, one.subject) not in known]
            head = await self._write(connection, practice, new) if new else None
        if head is not None:
            self._reached(practice, head)

    async def _append(
        self, practice: PracticeId, group: list[tuple[Line, "asyncio.Future[None]"]], *, caught_up: bool
    ) -> None:
        if not caught_up:
            self._put_off(group)
            return
        try:
            async with self._database.within(practice) as connection:
                head = await self._write(connection, practice, [line for line, _ in group])
        except Exception as fault:  # every waiting act must hear of it; the next group may succeed
            if not isinstance(fault, Busy):
                log.error("audit lines refused", extra=named(fault))
            self._put_off(group)
            return
        self._reached(practice, head)
        for _, done in group:
            if not done.done():
                done.set_result(None)

    def _reached(self, practice: PracticeId, head: Head) -> None:
        """Committed up to here."""
        self._seen[practice] = head
        self.anchors.reached(practice, head)

    def _put_off(self, group: list[tuple[Line, "asyncio.Future[None]"]]) -> None:
        """A read goes on, and its line waits; whatever changes something must come again."""
        for line, done in group:
            waits = line.action in READS and self._waiting is not None and self._waiting.add(line)
            if done.done():
                continue
            if waits:
                done.set_result(None)
            else:
                done.set_exception(Busy())

    async def _write(self, connection: AsyncConnection, practice: PracticeId, lines: list[Line]) -> Head:
        # One chain, one writer at a time, whatever the node.
        await connection.execute(_lock(practice))
        head = (await connection.execute(_last(practice))).one_or_none()
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
                    "door": line.door,
                    "mac": mac,
                }
            )
        await connection.execute(insert(trail), rows)
        return Head(seq, mac)

    async def stands(self, practice: PracticeId, head: Head) -> bool:
        """Whether the chain holds this line with this link. One look-up by the key."""
        return await self.link(practice, head.seq) == head.mac

    async def end(self, practice: PracticeId) -> tuple[int, bytes] | None:
        """How many lines there are, and the link of the last; None where there is none."""
        async with self._database.within(practice) as connection:
            found = (await connection.execute(_last(practice))).one_or_none()
        return (found.seq, found.mac) if found else None

    async def link(self, practice: PracticeId, seq: int) -> bytes | None:
        """That of a line; None where it is gone."""
        query = select(trail.c.mac).where(trail.c.practice_id == practice, trail.c.seq == seq)
        async with self._database.within(practice) as connection:
            found: bytes | None = await connection.scalar(query)
        return found

    async def openings(self, held: Pass, limit: int) -> list[Opening]:
        """Who opened the conversation, and when, the newest first."""
        query = (
            select(trail.c.actor_id, trail.c.at, trail.c.action)
            .where(
                trail.c.practice_id == held.practice,
                trail.c.subject_id == held.conversation,
                # As the index says it, or the whole trail would be gone through.
                text("(action = 'opened' or action like 'exported%')"),
            )
            .order_by(trail.c.at.desc())
            .limit(limit)
        )
        async with self._database.within(held.practice) as connection:
            return [_opening(row) for row in await connection.execute(query)]

    async def verify(self, practice: PracticeId) -> tuple[int, int | None]:
        """How many lines stand, and the number of the first that does not fit the chain (None: all fit).

        One more than stand: the lines from there on were there when the chain was anchored, and are gone.
        """
        count, mac, anchored = 0, b"", self.anchors.known(practice)
        query = select(trail).where(trail.c.practice_id == practice).order_by(trail.c.seq)
        async with self._database.within(practice) as connection:
            async for row in await connection.stream(query.execution_options(yield_per=1000)):
                count += 1
                mac = self._mac(mac, line_of(row).canonical(row.seq))
                if row.seq != count or mac != row.mac or _differs(anchored, count, mac):
                    return count, row.seq
        return count, count + 1 if anchored is not None and anchored.seq > count else None


def _opening(row: Any) -> Opening:
    act, reason = act_of(row.action)
    how = {"handed_out": act is not Noted.OPENED, "locked": act is Noted.HANDED_OUT_LOCKED}
    return Opening(person=PersonId(row.actor_id), at=row.at, reason=reason, **how)


def line_of(row: Any) -> Line:
    """A line as it stands."""
    door = Door(row.door) if row.door else None
    return Line(
        practice=PracticeId(row.practice_id),
        at=row.at,
        actor=PersonId(row.actor_id),
        action=row.action,
        subject=row.subject_id,
        door=door,
    )


def _differs(anchored: Head | None, seq: int, mac: bytes) -> bool:
    """Another chain, whole in itself, in the place of the one that was anchored."""
    return anchored is not None and anchored.seq == seq and anchored.mac != mac


def _last(practice: PracticeId) -> Select[Any]:
    mine = select(trail.c.seq, trail.c.mac).where(trail.c.practice_id == practice)
    return mine.order_by(trail.c.seq.desc()).limit(1)


def _lock(practice: PracticeId) -> Select[Any]:
    return select(func.pg_advisory_xact_lock(practice.int >> 65))
