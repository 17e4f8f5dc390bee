"""The thread a connection lives in: one act after the other, and an end that does not wait for the network."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar, TypeVarTuple

from channels.email.fetching.connection import Connection

GOODBYE: Final = 2.0
"""Seconds for it: a network that is gone would take minutes."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Hands:
    """Does what it is told in its thread. `close` must be called."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="imap")

    async def __call__(self, act: Callable[[*Ts], T], *given: *Ts) -> T:
        """The act's result. When cancelled the connection is cut, so that the thread is free at once."""
        doing = asyncio.get_running_loop().run_in_executor(self._thread, act, *given)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            self.connection.cut()
            doing.add_done_callback(_taken)
            raise

    async def close(self) -> None:
        """Says goodbye unless that would have to be waited for."""
        goodbye = asyncio.get_running_loop().run_in_executor(self._thread, self.connection.close)
        goodbye.add_done_callback(_taken)
        try:
            said, _ = await asyncio.wait([goodbye], timeout=GOODBYE)
            if not said:
                self.connection.cut()
        finally:
            self._thread.shutdown(wait=False)


def _taken(doing: "asyncio.Future[Any]") -> None:
    """Nobody waits for it any more; its exception is taken so that nothing is logged of it."""
    if not doing.cancelled():
        doing.exception()
