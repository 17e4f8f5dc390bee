"""Slow or scarce things the house shares out: password hashing, and the room left on the disk."""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from messaging.office import Asking
from messaging.trust.passwords import hash_password, verify_password
from web.fair.common_passwords import is_common
from web.fair.turns import Turns

T = TypeVar("T")

AT_MOST: Final = 4
"""Hashing threads on a machine of many cores: 184 MiB."""
NICENESS: Final = 10
"""Below the server's own: a tenth of its share of a core that both want."""

ROOM_BYTES: Final = 1_000_000_000
ROOM_SHARE: Final = 0.05
"""Low-water mark: below both, new words are refused before PostgreSQL stops on a full disk."""
ROOM_GLANCE: Final = 2.0


class PasswordDesk:
    """Argon2id in few threads that stand back: each costs 46 MiB and a core, and whoever guesses chooses how often.

    argon2-cffi lets go of the interpreter while it hashes, so that what is left to fight for is the cores: there is always
    one no hashing thread is on, and the others give way to the server's own thread.
    """

    def __init__(self, at_once: int | None = None) -> None:
        places = at_once or max(1, min(AT_MOST, len(os.sched_getaffinity(0)) - 1))
        self._pool = ThreadPoolExecutor(places, thread_name_prefix="argon2", initializer=_stand_back)
        self.turns = Turns(places)

    async def verify(self, encoded: str | None, password: str, asking: Asking) -> bool:
        """See `messaging.trust.passwords`. Raises Busy."""
        return await self._in_turn(asking, partial(verify_password, encoded, password))

    async def hash(self, password: str, asking: Asking) -> str:
        """See `messaging.trust.passwords`. Raises Busy."""
        return await self._in_turn(asking, partial(hash_password, password))

    async def is_common(self, password: str) -> bool:
        """A look into a set; only the first reads the list, and not on the loop."""
        return await asyncio.to_thread(is_common, password)

    async def _in_turn(self, asking: Asking, work: Callable[[], T]) -> T:
        await self.turns.take(asking)
        try:
            running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        except BaseException:  # the desk closes: nobody comes, and the place is free for who is told the same
            self.turns.done(asking)
            raise
        # The place is free when the thread is, not when somebody stops waiting for it.
        running.add_done_callback(lambda _: self.turns.done(asking))
        return await asyncio.shield(running)

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _stand_back() -> None:
    """This thread alone: on Linux a priority belongs to a thread, and to set it needs its number (setpriority(2), Notes)."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)


@dataclass(slots=True)
class Room:
    """Whether the disk has room for words."""

    path: Path
    left: bool = True

    def look(self) -> None:
        """Measures again."""
        usage = shutil.disk_usage(self.path)
        self.left = usage.free > min(ROOM_BYTES, usage.total * ROOM_SHARE)

    async def watch(self) -> None:
        """Measures every now and then."""
        while True:  # bound: until cancelled; each turn sleeps ROOM_GLANCE
            self.look()
            await asyncio.sleep(ROOM_GLANCE)
