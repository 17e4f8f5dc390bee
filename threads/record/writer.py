"""Group commit: postings that arrive while a commit is in flight are written together, in one transaction.

    a posting > its conversation's lane > a batch > one statement: lock, judge, number, write > commit > outcomes

A conversation belongs to one lane of a node, so its order is the order of arrival; the statement locks conversations in
one order on every node (`writing`).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg

from messaging.errors import Busy
from messaging.keeping import Keep
from messaging.memory.ending import BeginCare, EndCare
from messaging.memory.record import Outcome, Posting, Verdict
from messaging.memory.sessions import EndSession, OpenSession
from threads.connection.outages import is_outage, named
from threads.database import Database, writing
from threads.planned import connect_planned
from threads.record.effects import apply_effects
from threads.record.writing import WRITE, arguments, outcome, with_first

log = logging.getLogger(__name__)

LANES: Final = 2
"""One batch is judged while the other is told to its readers; more lanes only make smaller batches (docs/decisions.md)."""
BATCH: Final = 256
"""Bounds the time one commit takes: about 20 ms."""
WAITING: Final = 8_192
"""Postings waiting in a lane before new ones are refused: some seconds of the highest measured throughput."""

Written = list[tuple[Posting, Outcome]]
Announce = Callable[[Written], None]
Write = Callable[[asyncpg.Connection, Sequence[Posting]], Awaitable[list[Outcome]]]


@dataclass(slots=True, eq=False)
class _Waiting:
    posting: Posting
    done: "asyncio.Future[Outcome]"
    # bound: they waited in the queue: WAITING
    twins: "list[asyncio.Future[Outcome]]" = field(default_factory=list)


async def write_together(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[Outcome]:
    """One transaction; where nothing but entries changes it is one statement, so one round trip."""
    if not any(p.effects for p in postings):
        return await _fetch(connection, postings)
    async with writing(connection):
        outcomes = await _fetch(connection, postings)
        for posting, result in zip(postings, outcomes, strict=True):
            if posting.effects and result.verdict is Verdict.NEW:
                await apply_effects(connection, posting, result)
    return outcomes


async def _fetch(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[Outcome]:
    rows = await connection.fetch(WRITE, *arguments(postings))
    outcomes = [outcome(row, posting) for row, posting in zip(rows, postings, strict=True)]
    return await with_first(connection, postings, outcomes)


class GroupWriter:
    """The lanes of this process. `run` owns their tasks; `write` is the one way into a thread."""

    def __init__(
        self, database: Database, announce: Announce, *, lanes: int = LANES, write: Write = write_together
    ) -> None:
        self._lanes = [_Lane(database, announce, write) for _ in range(lanes)]

    def write(self, posting: Posting) -> "asyncio.Future[Outcome]":
        """Resolves after the commit. Raises Busy at once when too much is waiting."""
        lane = self._lanes[posting.entry.conversation.int % len(self._lanes)]
        return lane.take(posting)

    async def run(self, keep: Keep) -> None:
        """Writes until cancelled; what was taken by then is written first by `drain`."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(keep("writer", lane.run))

    async def drain(self) -> None:
        """Waits until nothing is waiting."""
        for lane in self._lanes:
            await lane.idle.wait()  # bound: the caller's; WAITING are answered one batch after the other

    @property
    def waiting(self) -> int:
        """Postings not yet committed (a metric)."""
        return sum(lane.waiting for lane in self._lanes)


class _Lane:
    def __init__(self, database: Database, announce: Announce, write: Write) -> None:
        self._connect = database.connect
        self._limits = database.limits
        self._write = write
        self._announce = announce
        self._queue: deque[_Waiting] = deque()  # bound: WAITING
        self._filled = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()
        self._connection: asyncpg.Connection | None = None
        self._in_flight = 0

    @property
    def waiting(self) -> int:
        return len(self._queue) + self._in_flight

    def take(self, posting: Posting) -> "asyncio.Future[Outcome]":
        if len(self._queue) >= WAITING:
            raise Busy
        done = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(posting, done))
        self._filled.set()
        self.idle.clear()
        return done

    async def run(self) -> None:
        try:
            while True:  # bound: until cancelled; each turn waits for a posting
                await self._filled.wait()  # bound: until somebody writes
                batch = _next_batch(self._queue)
                self._in_flight = len(batch)
                try:
                    await self._settle(batch)
                finally:
                    # After a fault of ours nobody may wait for ever; a key that comes again finds what was committed.
                    _answer_all(batch, Busy())
                    self._in_flight = 0
                    if not self._queue:
                        self._filled.clear()
                        self.idle.set()
        finally:
            self._drop_connection()

    async def _settle(self, batch: list[_Waiting]) -> None:
        """Writes the batch and answers everyone in it, whatever happens."""
        try:
            outcomes = await self._persist([w.posting for w in batch])
        except Busy as refusal:
            _answer_all(batch, refusal)
            return
        except Exception as fault:
            # One posting may be what the database, or the driver, refuses; the others must not share its fate.
            log.error("batch refused", extra={**named(fault), "size": len(batch)})
            if len(batch) == 1:
                _answer_all(batch, Busy())
                return
            for one in batch:
                await self._settle([one])
            return
        # A key that is known may have been written a moment ago, by a commit whose answer was lost with the connection:
        # nobody else would tell this node's readers of it.
        stands = (Verdict.NEW, Verdict.KNOWN)
        self._announce([(w.posting, o) for w, o in zip(batch, outcomes, strict=True) if o.verdict in stands])
        for waiting, result in zip(batch, outcomes, strict=True):
            _answer(waiting, result)

    async def _persist(self, postings: Sequence[Posting]) -> list[Outcome]:
        """One transaction; offered again while the database is away, for some seconds."""
        deadline = asyncio.get_running_loop().time() + self._limits.patience
        pause = 0.05
        while True:  # bound: the patience of the limits; each attempt has its own
            try:
                async with asyncio.timeout(self._limits.attempt):
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await connect_planned(self._connect)
                    return await self._write(self._connection, postings)
            # Whatever it was, the transaction is over: a new connection is a clean one.
            except BaseException as fault:
                self._drop_connection()
                if not is_outage(fault):
                    raise
                if asyncio.get_running_loop().time() > deadline:
                    raise Busy from fault
                log.warning("database away, batch waits", extra={"size": len(postings)})
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _next_batch(queue: "deque[_Waiting]") -> list[_Waiting]:
    """What is written together. A key that comes twice is written once and answered twice.

    The statement judges a whole batch by what stood before it, so a batch ends where a session, or care, opens or ends: what
    follows in that conversation must be judged by the new state. It also ends before other words under a key of the batch,
    for they must be told that the key is known.
    """
    seen: dict[tuple[UUID, UUID, UUID], _Waiting] = {}
    turned: set[UUID] = set()
    while queue and len(seen) < BATCH and queue[0].posting.entry.conversation not in turned:
        entry = queue[0].posting.entry
        first = seen.setdefault((entry.conversation, entry.author, queue[0].posting.key), queue[0])
        if (first.posting.entry.body, first.posting.entry.amends) != (entry.body, entry.amends):
            break
        waiting = queue.popleft()
        if first is not waiting:
            first.twins.append(waiting.done)
        if any(
            isinstance(effect, OpenSession | EndSession | EndCare | BeginCare)
            for effect in waiting.posting.effects
        ):
            turned.add(entry.conversation)
    return list(seen.values())


def _answer(waiting: _Waiting, result: Outcome) -> None:
    if not waiting.done.done():
        waiting.done.set_result(result)
    for twin in waiting.twins:
        if not twin.done():
            twin.set_result(result)


def _answer_all(batch: list[_Waiting], refusal: Exception) -> None:
    for waiting in batch:
        for done in (waiting.done, *waiting.twins):
            if not done.done():
                done.set_exception(refusal)
