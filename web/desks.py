"""Slow or scarce things the house shares out: password hashing, and the room left on the disk."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from messaging.errors import Busy
from messaging.trust.passwords import hash_password, verify_password

ROOM_BYTES: Final = 1_000_000_000
ROOM_SHARE: Final = 0.05
"""Low-water mark: below both, new words are refused before PostgreSQL stops on a full disk."""
ROOM_GLANCE: Final = 2.0


class PasswordDesk:
    """Argon2id in threads, two at a time, few waiting: each costs 46 MiB and a core."""

    AT_ONCE: Final = 2
    WAITING: Final = 64

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0

    async def verify(self, encoded: str | None, password: str) -> bool:
        """See `messaging.trust.passwords`. Raises Busy."""
        with self._turn():
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, verify_password, encoded, password
            )

    async def hash(self, password: str) -> str:
        """See `messaging.trust.passwords`. Raises Busy."""
        with self._turn():
            return await asyncio.get_running_loop().run_in_executor(self._pool, hash_password, password)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._waiting >= self.WAITING:
            raise Busy
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


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
        while True:
            self.look()
            await asyncio.sleep(ROOM_GLANCE)
