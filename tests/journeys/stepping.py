"""A part of the server in a process of its own, ended by SIGKILL at exactly its n-th step.

A step is what any of its tasks does between two awaits. So killed at step 0, 1, 2 ... until the work is done, the process
dies at every point at which it ever waits for a peer, the database or itself.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Final

import uvloop

from web.house import house
from web.settings import read_settings
from web.state import House

_FORKS: Final = multiprocessing.get_context("forkserver")
"""Forks from a process that has imported everything and done nothing: a start takes a moment, not seconds."""
_FORKS.set_forkserver_preload([__name__])


class Steps:
    """Counts while `counting`; the process ends before the step numbered `last` is taken."""

    def __init__(self, last: int | None) -> None:
        self.counting = False
        self._last = last
        self._taken = 0

    def take(self) -> None:
        """One more, or none ever."""
        if not self.counting:
            return
        if self._taken == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self._taken += 1


Part = Callable[[House, Steps, Callable[[Any], None]], Awaitable[None]]
"""What the process does: in its house, counting its steps, telling its parent by the third."""


class _Stepped(Coroutine[Any, Any, Any]):
    """A coroutine whose every resumption is a step."""

    def __init__(self, inner: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._inner, self._steps = inner, steps

    def send(self, value: Any) -> Any:
        self._steps.take()
        return self._inner.send(value)

    def throw(self, *fault: Any) -> Any:
        self._steps.take()
        return self._inner.throw(*fault)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("only tasks run it")


@asynccontextmanager
async def process(
    part: Part, environment: Mapping[str, str], last: int | None = None
) -> AsyncIterator[Connection]:
    """The part in its process, which ends with the context at the latest; yields what it tells. `last` None: it lives."""
    told, tells = _FORKS.Pipe(duplex=False)
    running = _FORKS.Process(target=_run, args=(part, dict(environment), last, tells))
    await asyncio.to_thread(running.start)
    tells.close()
    try:
        yield told
    finally:
        running.kill()
        await asyncio.to_thread(running.join)
        ended = running.exitcode
        running.close()
        told.close()
    assert ended == -signal.SIGKILL, "it ended by itself; what it said is above"


async def heard(told: Connection) -> Any:
    """What it tells next; None when it has died."""
    try:
        return await asyncio.to_thread(told.recv)
    except EOFError:
        return None


def _run(part: Part, environment: dict[str, str], last: int | None, tells: Connection) -> None:
    steps = Steps(last)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().set_task_factory(partial(_task, steps))
        runner.run(_in_house(part, environment, steps, tells))


def _task(
    steps: Steps, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any
) -> "asyncio.Task[Any]":
    return asyncio.Task(_Stepped(work, steps), loop=loop, **more)


async def _in_house(part: Part, environment: dict[str, str], steps: Steps, tells: Connection) -> None:
    async with house(read_settings(environment)) as built:
        await part(built, steps, tells.send)
