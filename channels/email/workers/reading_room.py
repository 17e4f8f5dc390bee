"""The reading room: some processes that read letters, started when needed, killed when one takes too much.

A letter is blamed only after another process has read one that is known to be good. Where none can, the trouble is ours.
"""

import asyncio
import contextlib
import logging
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from channels.email.sealing.examining import Examine, Examined
from channels.email.sealing.locked import Lock, Locked
from channels.email.sealing.opening import Check, Unlock, Unlocked
from channels.email.senders.authenticity import Verdict
from channels.email.senders.replays import Taken
from channels.email.workers.answering import FAULT, FRAME_LIMIT, Place, encode_frame
from channels.email.workers.clean_worker import Clean, Clear
from channels.email.workers.judge_worker import Judge
from channels.email.workers.parse_worker import Read, Told
from messaging.errors import Busy

ROOT: Final = Path(__file__).parents[3]
READ_SECONDS: Final = 30.0
"""For a worker that waits for a core; one that uses it is ended by its own limit long before."""
PARSING: Final = "channels.email.workers.parse_worker"
JUDGING: Final = "channels.email.workers.judge_worker"
PROBING: Final = "channels.email.workers.probe_worker"
UNLOCKING: Final = "channels.email.workers.unlock_worker"
CLEANING: Final = "channels.email.workers.clean_worker"
JUDGE_SECONDS: Final = 25.0
"""DNS may take 15 of them (`resolving.CHECK_SECONDS`)."""

GONE: Final = 5.0
"""Seconds until a killed process is gone. What a dead disk holds in the kernel takes longer; no letter waits for it."""
PLACE: Final = 16 * 1024
"""Bytes in which a worker says where it failed."""
_PLACE: Final = re.compile(r"[\w.<>:]{1,200}( at [\w.<>:]{1,200})?")

T = TypeVar("T")
log = logging.getLogger(__name__)


class Unread(Exception):
    """A letter that could not be read within the limits, or at all."""


class ReadersAway(Exception):
    """Nothing can be read here now (a program being replaced, no memory, no processes left): no letter's fault."""


KNOWN_GOOD: Final[dict[str, tuple[object, type]]] = {
    PARSING: (Read(b"Subject: good\r\n\r\nA letter.\r\n"), Told),
    JUDGING: (
        Judge(
            raw=b"Subject: of nobody, so that no name server is asked\r\n\r\nA letter.\r\n",
            taken=Taken((), datetime.fromtimestamp(0, UTC)),
            client_ip=None,
            helo="",
            mail_from="",
            authserv_id=None,
            trusted=False,
            dns=None,
        ),
        Verdict,
    ),
    UNLOCKING: (Check(b"content", b"signature", b""), Unlocked),
    CLEANING: (Clean("image/jpeg", b"\xff\xd8\xff\xd9"), Clear),
}


class ReadingRoom:
    """At most `size` letters are read at once. `close` ends all processes."""

    def __init__(self, size: int) -> None:
        self._away = False
        self._seats = asyncio.Semaphore(size)
        self._idle: dict[str, list[asyncio.subprocess.Process]] = {PARSING: [], JUDGING: []}

    async def ready(self) -> bool:
        """Whether letters can be read here; looked at anew while they cannot."""
        if self._away:
            async with self._seats:
                self._away = self._away and not await _reads(PARSING)
        return not self._away

    async def read(self, question: Read) -> Told:
        """What a letter says. Raises Unread, ReadersAway; so do the others."""
        return await self._ask(question, Told, READ_SECONDS)

    async def judge(self, question: Judge) -> Verdict:
        """Whom it is from. Raises Unread."""
        return await self._ask(question, Verdict, JUDGE_SECONDS)

    async def unlock(self, question: Unlock | Check) -> Unlocked:
        """What is inside, and who signed it. Raises Unread, ReadersAway."""
        return await self._ask_apart(question, Unlocked)

    async def examine(self, question: Examine) -> Examined | None:
        """Whether this is a key mail can be locked with; None: it could not be told within the limits. Raises Busy."""
        return await self._within_limits(question, Examined)

    async def lock(self, question: Lock) -> Locked | None:
        """A letter locked; None: it could not be done within the limits. Raises Busy."""
        return await self._within_limits(question, Locked)

    async def clean(self, question: Clean) -> Clear | None:
        """A photo without what its camera wrote; None: it could not be done within the limits. Raises Busy."""
        return await self._within_limits(question, Clear)

    async def close(self) -> None:
        """Ends the processes."""
        for idle in self._idle.values():
            while idle:
                await end(idle.pop())

    async def _ask(self, question: Read | Judge, kind: type[T], seconds: float) -> T:
        work = JUDGING if isinstance(question, Judge) else PARSING
        async with self._seats, self._judged(work), self._process(work) as process:
            return await told(process, question, kind, seconds)

    async def _within_limits(self, question: Examine | Lock | Clean, kind: type[T]) -> T | None:
        try:
            return await self._ask_apart(question, kind)
        except Unread:
            return None
        except ReadersAway:  # not the key's fault: the same may come again
            raise Busy from None

    async def _ask_apart(self, question: Unlock | Check | Examine | Lock | Clean, kind: type[T]) -> T:
        """By a process that ends with the secret it was lent, or the photo it has seen."""
        work = CLEANING if isinstance(question, Clean) else UNLOCKING
        async with self._seats, self._judged(work):
            process = await start(work)
            try:
                return await told(process, question, kind, READ_SECONDS)
            finally:
                await end(process)

    @asynccontextmanager
    async def _judged(self, work: str) -> AsyncIterator[None]:
        """Who is to blame for what could not be read. Only what all readers share makes the room wait."""
        try:
            yield
        except (Unread, ReadersAway) as fault:
            if await _reads(work):
                if isinstance(fault, Unread):
                    raise
            elif work == PARSING:
                self._away = True
            raise ReadersAway from fault

    @asynccontextmanager
    async def _process(self, work: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """One process for one question; whatever goes wrong, it is not asked again."""
        alive = [one for one in self._idle[work] if one.returncode is None]
        self._idle[work] = alive[:-1]
        process = alive[-1] if alive else await start(work)
        try:
            yield process
        except BaseException:  # also when cancelled: its answer would be taken for the next letter's
            await end(process)
            raise
        self._idle[work].append(process)


async def _reads(work: str) -> bool:
    """Whether a new process reads what is known to be good."""
    question, kind = KNOWN_GOOD[work]
    try:
        process = await start(work)
    except ReadersAway:
        return False
    try:
        await told(process, question, kind, READ_SECONDS)
    except Unread:
        return False
    finally:
        await end(process)
    return True


async def start(work: str, *arguments: str) -> asyncio.subprocess.Process:
    """A process that answers questions (see `answering`). Raises ReadersAway."""
    # Nothing of our environment: it may hold the database's password, and a letter's reader needs none of it.
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            work,
            *arguments,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, MemoryError) as fault:  # no program, no right, no process, no memory
        raise ReadersAway from fault


async def told(process: asyncio.subprocess.Process, question: object, kind: type[T], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return msgspec.msgpack.decode(await _exchange(process, encode_frame(question)), type=kind)
    except (OSError, EOFError, TimeoutError, msgspec.MsgspecError, RuntimeError) as fault:
        raise Unread from fault  # RuntimeError: uvloop's word for a pipe that is closed already


async def _exchange(process: asyncio.subprocess.Process, frame: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(frame)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(4), "big")
    if length == FAULT:
        _note(
            await process.stdout.readexactly(
                min(PLACE, int.from_bytes(await process.stdout.readexactly(4), "big"))
            )
        )
    if length > FRAME_LIMIT:
        raise EOFError
    return await process.stdout.readexactly(length)


def _note(told_place: bytes) -> None:
    """Logs where a worker failed, and only that: what a stranger has taken over may say anything."""
    place = msgspec.msgpack.decode(told_place, type=Place)
    every = [place.fault, *place.frames, *place.within]
    if all(_PLACE.fullmatch(one) for one in every):
        log.error(
            "a letter's reader failed",
            extra={"fault": place.fault, "frames": place.frames, "within": place.within},
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """Kills it, if need be, and waits until it is gone, at most for `GONE`."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    try:
        async with asyncio.timeout(GONE):
            await process.wait()
    except TimeoutError:
        log.error("a killed process is not gone yet", extra={"pid": process.pid})
