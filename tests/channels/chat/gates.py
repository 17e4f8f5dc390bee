"""Gates: work with the database that can be held before or after it is done, refused, or done without an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import asyncpg

from messaging.errors import Busy
from messaging.ids import ConversationId, PracticeId
from messaging.memory.lookups import StoredCircle, StoredPage
from messaging.memory.record import Outcome, Posting, StoredEntry
from messaging.trust.access import Pass
from threads.database import Connect
from threads.lookups import Lookups
from threads.record.writer import Write, write_together

T = TypeVar("T")


class Gate:
    """One kind of work of one node. Open unless it is held."""

    def __init__(self) -> None:
        self._before, self._after, self._kept = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._keeps_next = False
        self.at_work = 0
        self.kept = 0
        """Answers that grow old by themselves."""
        self.refuse: BaseException | None = None
        """Raised once instead of the work."""
        self.lose: BaseException | None = None
        """Raised once instead of the answer: the work is done."""
        self.let_go()

    @property
    def is_open(self) -> bool:
        """Nothing is held here."""
        return self._before.is_set() and self._after.is_set()

    def hold(self, *, done: bool) -> None:
        """From now on work waits: before it is begun, or once it is `done`, its answer growing old."""
        (self._after if done else self._before).clear()

    def keep(self) -> None:
        """The next answer grows old until `let_go`, while others pass."""
        self._keeps_next = True
        self._kept.clear()

    def let_go(self) -> None:
        """Everything goes on."""
        self._keeps_next = False
        for held in (self._before, self._after, self._kept):
            held.set()

    async def through(self, work: Callable[[], Awaitable[T]]) -> T:
        """Does the work as the gate allows."""
        await self._before.wait()
        fault, self.refuse = self.refuse, None
        if fault is not None:
            raise fault
        self.at_work += 1
        try:
            done = await work()
        finally:
            self.at_work -= 1
        if self._keeps_next:
            self._keeps_next = False
            self.kept += 1
            await self._kept.wait()
            self.kept -= 1
        await self._after.wait()
        fault, self.lose = self.lose, None
        if fault is not None:
            raise fault
        return done


class Gates:
    """Those of a node."""

    def __init__(self) -> None:
        self.reading = Gate()
        self.finding = Gate()
        self.writing = Gate()

    @property
    def all(self) -> tuple[Gate, ...]:
        """Every one."""
        return (self.reading, self.finding, self.writing)

    def let_go(self) -> None:
        """Opens all."""
        for gate in self.all:
            gate.let_go()


class GatedLookups(Lookups):
    """Conversations, looked up and read through gates. What was read is known to be committed: `seen` is told."""

    def __init__(self, connect: Connect, gates: Gates, seen: Callable[[StoredEntry], None]) -> None:
        super().__init__(connect)
        self._gates = gates
        self._seen = seen

    async def page(self, held: Pass, number: int, limit: int) -> StoredPage | None:
        """See `Lookups`."""
        whole = super().page
        found = await self._gates.reading.through(lambda: whole(held, number, limit))
        for entry in found.entries if found is not None else ():
            self._seen(entry)
        return found

    async def circle(self, practice: PracticeId, conversation: ConversationId) -> StoredCircle | None:
        """See `Lookups`."""
        whole = super().circle
        return await self._gates.finding.through(lambda: whole(practice, conversation))


def gated_writing(gate: Gate, committed: Callable[[Posting, Outcome], None]) -> Write:
    """The writer's one statement through a gate."""

    async def write(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[Outcome]:
        async def work() -> list[Outcome]:
            outcomes = await write_together(connection, postings)
            for posting, outcome in zip(postings, outcomes, strict=True):
                committed(posting, outcome)
            return outcomes

        return await gate.through(work)

    return write


AWAY = Busy()
LOST = ConnectionResetError()
