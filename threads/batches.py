"""Asking together: what is asked while an answer is under way goes with the next question, in one statement.

    a question > waits for the answer under way > one statement for all that wait > each its own answer

One question alone is asked at once; a thousand, at the mail door or after a restart, become a few statements instead of
thousands of transactions. Nothing is ordered here: what must keep an order goes through the `writer`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import asyncpg

from messaging.errors import Busy
from threads.connection.limits import Limits
from threads.connection.outages import is_outage, named
from threads.database import Connect
from threads.planned import connect_planned

log = logging.getLogger(__name__)

TOGETHER: Final = 128
"""Questions of one statement: bounds the time (about 10 ms) that the loop spends with its answer."""
WAITING: Final = 20_000
"""Questions waiting before new ones are refused: everyone of a large node at once."""
Q = TypeVar("Q")
A = TypeVar("A")
Ask = Callable[[asyncpg.Connection, Sequence[Q]], Awaitable[Sequence[A]]]


@dataclass(frozen=True, slots=True)
class Weight(Generic[Q]):
    """How heavy a question is, and how heavy all of a statement may be (or a single one)."""

    most: int
    of: Callable[[Q], int]


class Gathering(Generic[Q, A]):
    """Questions of one kind over one connection. `run` owns the task.

    `ask` is called with at most `batch` questions, no heavier than `weight` allows, and answers them in order.
    A connection that died is replaced and the batch is offered once more, so asking twice must do no harm.
    """

    def __init__(
        self,
        connect: Connect,
        ask: Ask[Q, A],
        limits: Limits | None = None,
        *,
        batch: int = TOGETHER,
        weight: "Weight[Q] | None" = None,
        waiting: int = WAITING,
    ) -> None:
        self._connect, self._ask = connect, ask
        limits = limits or Limits()
        # What is weighed, letters or pages of entries, may take as long as any command. There are two attempts.
        self._attempt = limits.command if weight else limits.attempt
        self._batch, self._weight = batch, weight
        self._waiting = waiting
        self._queue: deque[tuple[Q, asyncio.Future[A]]] = deque()  # bound: as many as may wait, WAITING
        self._filled = asyncio.Event()
        self._connection: asyncpg.Connection | None = None

    def ask(self, question: Q) -> "asyncio.Future[A]":
        """Its answer, after the commit. Raises Busy: at once when too much waits, later when the database is away."""
        if len(self._queue) >= self._waiting:
            raise Busy
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._queue.append((question, answer))
        self._filled.set()
        return answer

    async def run(self) -> None:
        """Answers until cancelled; who still waits then is cancelled too."""
        try:
            while True:  # bound: until cancelled; each turn waits for a question
                await self._filled.wait()  # bound: until somebody asks
                batch = self._next()
                try:
                    await self._settle(batch)
                finally:
                    # Stopped, or after a fault of ours: nobody may wait for ever.
                    _fail(batch, Busy())
                if not self._queue:
                    self._filled.clear()
        except asyncio.CancelledError:
            for _, answer in self._queue:
                answer.cancel()
            raise
        finally:
            self._drop_connection()

    def _next(self) -> list[tuple[Q, "asyncio.Future[A]"]]:
        taken: list[tuple[Q, asyncio.Future[A]]] = []
        weight = 0
        while self._queue and len(taken) < self._batch:
            weight += self._weight.of(self._queue[0][0]) if self._weight else 0
            if self._weight and taken and weight > self._weight.most:
                break
            taken.append(self._queue.popleft())
        # Nobody waits for what was cancelled meanwhile.
        return [one for one in taken if not one[1].done()]

    async def _settle(self, batch: list[tuple[Q, "asyncio.Future[A]"]]) -> None:
        if not batch:
            return
        try:
            answers = await self._answers([question for question, _ in batch])
        except Busy as refusal:
            _fail(batch, refusal)
        except Exception as fault:
            # One question may be what the database, or the driver, refuses; the others must not share its fate.
            if len(batch) > 1:
                for one in batch:
                    await self._settle([one])
                return
            log.error("question refused", extra=named(fault))
            _fail(batch, Busy())
        else:
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(answer)

    async def _answers(self, questions: Sequence[Q]) -> Sequence[A]:
        """Asked twice where the database was restarted since the last question: that is only found out by asking."""
        for last in (False, True):
            try:
                async with asyncio.timeout(self._attempt):
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await connect_planned(self._connect)
                    return await self._ask(self._connection, questions)
            # Whatever it was, the transaction is over: a new connection is a clean one.
            except BaseException as fault:
                self._drop_connection()
                if not is_outage(fault):
                    raise
                if last:
                    raise Busy from fault
        raise Busy

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _fail(batch: Sequence[tuple[object, "asyncio.Future[A]"]], fault: Exception) -> None:
    for _, waiting in batch:
        if not waiting.done():
            waiting.set_exception(fault)
