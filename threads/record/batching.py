"""What waits to be written, and what of it is written together.

    a posting > the queue > a batch, for the lane whose turn it is

One batch is under way at a time. Only when its commit stands still (a locked row, a slow disk) a further one is begun, with
what others wrote: a conversation is in one batch at a time, so its order is the order of arrival.
"""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.errors import Busy
from messaging.memory.ending import BeginCare, EndCare
from messaging.memory.record import Outcome, Posting
from messaging.memory.sessions import EndSession, OpenSession

STILL: Final = 0.05
"""Seconds after which a commit counts as standing still: more than a full batch takes, less than anybody notices."""
BATCH: Final = 256
"""Bounds the time one commit takes: about 20 ms."""
WAITING: Final = 8_192
"""Postings waiting before new ones are refused: some seconds of the highest measured throughput."""

Result = Outcome | Busy


@dataclass(slots=True, eq=False)
class Waiting:
    posting: Posting
    done: "asyncio.Future[Outcome]"
    twins: "list[asyncio.Future[Outcome]]" = field(default_factory=list)  # bound: WAITING, in all

    @property
    def conversation(self) -> UUID:
        return self.posting.entry.conversation

    def answer(self, result: Result) -> None:
        for done in (self.done, *self.twins):
            if done.done():
                continue
            if isinstance(result, Outcome):
                done.set_result(result)
            else:
                done.set_exception(result)


class Incoming:
    """What waits to be written, and when the next of it may be."""

    def __init__(self) -> None:
        self._next: deque[Waiting] = deque()  # bound: WAITING
        self._behind: dict[UUID, deque[Waiting]] = {}  # bound: as above
        """What was said in conversations that a commit which stands still is about."""
        self._under_way: set[UUID] = set()  # bound: a BATCH for each lane
        self._newest: list[Waiting] = []  # bound: BATCH
        self._turn = asyncio.Lock()
        self._filled = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self.idle = asyncio.Event()
        self.idle.set()
        self.waiting = 0

    def take(self, posting: Posting) -> "asyncio.Future[Outcome]":
        if self.waiting >= WAITING:
            raise Busy
        done = asyncio.get_running_loop().create_future()
        self._next.append(Waiting(posting, done))
        self.waiting += 1
        self._filled.set()
        self.idle.clear()
        return done

    async def batch(self) -> list[Waiting]:
        """The next one, once the one before is committed, or stands still."""
        async with self._turn:  # bound: as what is waited for below, by one lane after the other
            while True:  # bound: until cancelled; each turn waits for a posting
                await self._filled.wait()  # bound: until somebody writes
                await self._free_or_still()
                if batch := self._cut():
                    return batch

    async def _free_or_still(self) -> None:
        if not self._free.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STILL):
                    await self._free.wait()  # bound: STILL

    def _cut(self) -> list[Waiting]:
        if self._under_way:
            self._step_aside()
        batch = _together(self._next)
        if not self._next:
            self._filled.clear()
        if batch:
            self._under_way.update(one.conversation for one in batch)
            self._newest = batch
            self._free.clear()
        return batch

    def _step_aside(self) -> None:
        passing: deque[Waiting] = deque()  # bound: WAITING
        for one in self._next:
            if one.conversation in self._under_way:
                self._behind.setdefault(one.conversation, deque()).append(one)  # bound: WAITING
            else:
                passing.append(one)
        self._next = passing

    def settled(self, batch: list[Waiting]) -> None:
        """It is committed, or given up: what waited behind it comes first."""
        for conversation in {one.conversation for one in batch}:
            self._under_way.discard(conversation)
            self._next.extendleft(reversed(self._behind.pop(conversation, ())))
        if self._next:
            self._filled.set()
        if batch is self._newest:
            self._free.set()

    def told(self, batch: list[Waiting]) -> None:
        """Everybody in it has an answer."""
        self.waiting -= sum(1 + len(one.twins) for one in batch)
        if not self.waiting:
            self.idle.set()


def _together(queue: "deque[Waiting]") -> list[Waiting]:
    """What is written together. A key that comes twice is written once and answered twice.

    The statement judges a whole batch by what stood before it, so a batch ends where a session, or care, opens or ends: what
    follows in that conversation must be judged by the new state. It also ends before other words under a key of the batch,
    for they must be told that the key is known.
    """
    seen: dict[tuple[UUID, UUID, UUID], Waiting] = {}
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
