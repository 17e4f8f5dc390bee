"""Group commit: postings that arrive while a commit is in flight are written together, in one transaction.

    a posting > the queue > a batch > one statement: lock, judge, number, write > commit > outcomes

One batch is under way at a time, by one lane; the next is begun by another as soon as that one is committed, and before its
readers are told. Only when a commit stands still (a locked row, a slow disk) a further lane goes on with what others wrote.
A conversation is in one batch at a time, so its order is the order of arrival; the statement locks conversations in one
order on every node (`writing`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg

from messaging.errors import Busy
from messaging.keeping import Keep
from messaging.memory.record import Outcome, Posting, Verdict
from threads.connection.outages import is_outage, named
from threads.database import Database, writing
from threads.planned import connect_planned
from threads.record.batching import Incoming, Result, Waiting
from threads.record.effects import apply_effects
from threads.record.writing import WRITE, arguments, outcome, with_first

log = logging.getLogger(__name__)

LANES: Final = 4
"""Batches under way when commits stand still: so many conversations may be locked by others before everybody waits."""

Written = list[tuple[Posting, Outcome]]
Announce = Callable[[Written], None]
Write = Callable[[asyncpg.Connection, Sequence[Posting]], Awaitable[list[Outcome]]]


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
    """The queue of this process and its lanes. `run` owns their tasks; `write` is the one way into a thread."""

    def __init__(
        self, database: Database, announce: Announce, *, lanes: int = LANES, write: Write = write_together
    ) -> None:
        self._incoming = Incoming()
        self._lanes = [_Lane(self._incoming, database, announce, write) for _ in range(lanes)]

    def write(self, posting: Posting) -> "asyncio.Future[Outcome]":
        """Resolves after the commit. Raises Busy at once when too much is waiting."""
        return self._incoming.take(posting)

    async def run(self, keep: Keep) -> None:
        """Writes until cancelled; what was taken by then is written first by `drain`."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(keep("writer", lane.run))

    async def drain(self) -> None:
        """Waits until nothing is waiting."""
        await self._incoming.idle.wait()  # bound: the caller's; what waits is answered, batch by batch

    @property
    def waiting(self) -> int:
        """Postings not yet committed (a metric)."""
        return self._incoming.waiting


class _Lane:
    def __init__(self, incoming: Incoming, database: Database, announce: Announce, write: Write) -> None:
        self._incoming = incoming
        self._connect = database.connect
        self._limits = database.limits
        self._write = write
        self._announce = announce
        self._connection: asyncpg.Connection | None = None

    async def run(self) -> None:
        try:
            while True:  # bound: until cancelled; each turn waits for a posting
                batch = await self._incoming.batch()
                results: Sequence[Result] = [Busy()] * len(batch)
                try:
                    try:
                        results = await self._written(batch)
                    finally:
                        self._incoming.settled(batch)
                    await asyncio.sleep(0)  # the next batch is on its way before readers hear of this one
                finally:
                    # Also after a fault of ours nobody may wait for ever; a key that comes again finds what was committed.
                    self._tell(batch, results)
        finally:
            self._drop_connection()

    async def _written(self, batch: list[Waiting]) -> Sequence[Result]:
        """What became of each, whatever happens."""
        try:
            return await self._persist([one.posting for one in batch])
        except Busy as away:
            return [away] * len(batch)
        except (
            Exception
        ) as fault:  # what the database, or the driver, refuses: who wrote it is told to try again
            log.error("batch refused", extra={**named(fault), "size": len(batch)})
        return await self._one_by_one(batch) if len(batch) > 1 else [Busy()]

    async def _one_by_one(self, batch: list[Waiting]) -> Sequence[Result]:
        """One posting may be what the database, or the driver, refuses; the others must not share its fate."""
        results: list[Result] = []  # bound: the batch
        for one in batch:
            try:
                results += await self._persist([one.posting])
            except Busy as away:  # the database: nobody waits for it again
                return results + [away] * (len(batch) - len(results))
            except Exception as fault:  # as above
                log.error("posting refused", extra=named(fault))
                results.append(Busy())
        return results

    def _tell(self, batch: list[Waiting], results: Sequence[Result]) -> None:
        # A key that is known may have been written a moment ago, by a commit whose answer was lost with the connection:
        # nobody else would tell this node's readers of it.
        stands = (Verdict.NEW, Verdict.KNOWN)
        pairs = list(zip(batch, results, strict=True))
        try:
            self._announce(
                [(w.posting, r) for w, r in pairs if isinstance(r, Outcome) and r.verdict in stands]
            )
        finally:
            for waiting, result in pairs:
                waiting.answer(result)
            self._incoming.told(batch)

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
