"""What each callback of an event loop costs: the loop thread's own processor time, whatever else the machine does."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, Final, TypeVar

MOST: Final = 0.1
"""Seconds of the loop thread's own time that one callback may take: so long everybody else waits."""

T = TypeVar("T")


@dataclass
class Callbacks:
    """The dearest callback of each thing that was driven, and where it stood when it gave way."""

    worst: dict[str, tuple[float, str]] = field(default_factory=dict)
    _driven: str = ""

    def note(self, spent: float, handle: Any) -> None:
        """One callback has run."""
        if self._driven and spent > self.worst.get(self._driven, (0.0, ""))[0]:
            self.worst[self._driven] = (spent, _place(handle))

    async def drive(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        """Runs it as a task of its own, so that nothing else's steps are counted as its."""
        await asyncio.sleep(0)  # what was done to prepare it is not its
        self._driven = name
        try:
            return await asyncio.create_task(work)
        finally:
            await asyncio.sleep(0)
            self._driven = ""

    @property
    def too_long(self) -> list[str]:
        """What took more than MOST, the dearest first."""
        over = sorted(((s, name, at) for name, (s, at) in self.worst.items() if s > MOST), reverse=True)
        return [f"{spent:.3f} s  {name}  at {place}" for spent, name, place in over]


@contextmanager
def callbacks() -> Iterator[Callbacks]:
    """Measures every callback of asyncio's own loop (uvloop runs its callbacks where nobody can look)."""
    seen, run = Callbacks(), asyncio.Handle._run

    def measured(handle: Any) -> None:
        began = thread_time()
        run(handle)
        seen.note(thread_time() - began, handle)

    asyncio.Handle._run = measured  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]


def _place(handle: Any) -> str:
    """The coroutine that a task's step ran, down to where it waits now; else the callback itself."""
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return getattr(handle._callback, "__qualname__", "a callback")
    names: list[str] = []
    one: Any = task.get_coro()
    while one is not None and hasattr(one, "cr_code"):
        names.append(one.cr_code.co_qualname)
        one = one.cr_await
    return " > ".join(names[-4:])
