"""Processes that read letters, kept from test to test as a server keeps them from letter to letter.

To start one costs more than most tests that need it. A test has a loop of its own, so a kept process is lent to it: its
pipes belong to that loop for as long as the room of the test is open.
"""

import asyncio
import atexit
import os
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from typing import IO, Final, cast

from channels.email.workers import reading_room
from channels.email.workers.reading_room import JUDGING, PARSING, ReadingRoom

KEPT: Final[dict[str, list["subprocess.Popen[bytes]"]]] = {PARSING: [], JUDGING: []}
"""Those nobody has now. bound: what the tests of a worker ever asked at once"""


class Lent:
    """A kept process, as `asyncio.subprocess` shows one."""

    stdin: StreamWriter
    stdout: StreamReader

    def __init__(self, kept: "subprocess.Popen[bytes]") -> None:
        self.kept, self.pid = kept, kept.pid

    @property
    def returncode(self) -> int | None:
        return self.kept.poll()

    def kill(self) -> None:
        self.kept.kill()

    async def wait(self) -> int:
        code = await asyncio.to_thread(self.kept.wait)
        self.leave()
        for pipe in (self.kept.stdin, self.kept.stdout):
            if pipe is not None:
                pipe.close()
        return code

    async def connect(self) -> "Lent":
        loop = asyncio.get_running_loop()
        self.stdout = StreamReader()
        heard = asyncio.StreamReaderProtocol(self.stdout)
        self.hearing, _ = await loop.connect_read_pipe(lambda: heard, _own(self.kept.stdout))
        # The protocol of a writer that only writes is one without anything to read.
        saying, said = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(StreamReader()), _own(self.kept.stdin)
        )
        self.stdin = StreamWriter(saying, said, None, loop)
        return self

    def leave(self) -> None:
        """The loop's ends of the pipes are closed; the process has its own ends, and waits for the next question."""
        self.hearing.close()
        self.stdin.close()


class LendingRoom(ReadingRoom):
    """A reading room that gives back what it was lent."""

    async def close(self) -> None:
        for work, idle in self._idle.items():
            lent = [one for one in cast(list[object], idle) if isinstance(one, Lent)]
            for one in lent:
                if one.returncode is None:
                    idle.remove(cast(asyncio.subprocess.Process, one))
                    one.leave()
                    KEPT[work].append(one.kept)
        await super().close()


async def start(work: str, *arguments: str) -> asyncio.subprocess.Process:
    """As `reading_room.start`; by a kept process, where one is kept for this work."""
    if work not in KEPT or arguments:
        return await truly_start(work, *arguments)
    alive = [one for one in KEPT[work] if one.poll() is None]
    kept = alive.pop() if alive else _new(work)
    KEPT[work] = alive
    return cast(asyncio.subprocess.Process, await Lent(kept).connect())


truly_start: Final = reading_room.start


def _new(work: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", work],
        cwd=reading_room.ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(reading_room.ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )


def _own(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return os.fdopen(os.dup(pipe.fileno()), pipe.mode, 0)


@atexit.register
def _end_all() -> None:
    for kept in (one for every in KEPT.values() for one in every):
        kept.kill()
        kept.communicate()
