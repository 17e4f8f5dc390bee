"""PostgreSQL's own programs beside the server, on the account of the role that may take the database away."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from threads.postgres.access import Access
from threads.postgres.archive import ArchiveTrouble
from threads.postgres.programs import Programs

GLANCE: Final = 0.05
"""Seconds between two looks whether a program has ended."""
_NICE: Final = 10
"""They give way to whoever is in session."""
_SAID: Final = 8192
"""Octets of what a program said last."""


@contextmanager
def password_of(access: Access) -> Iterator[int]:
    """A file without a name, for a program to inherit: an argument or the environment is shown to others."""
    with tempfile.TemporaryFile() as file:
        file.write(f"*:*:*:*:{access.password}\n".encode())
        file.flush()
        yield file.fileno()


def where(access: Access, password: int) -> tuple[str, ...]:
    """The arguments by which a program finds the database."""
    passfile = f"/dev/fd/{password}"
    return (
        "--no-password",
        "-d",
        f"host={access.host} port={access.port} user={access.user} passfile={passfile}",
    )


async def ran(
    programs: Programs, command: Sequence[str], cwd: Path, patience: float, *, keep: Sequence[int] = ()
) -> str:
    """Runs one to its end, which is also the end of waiting for it; what it said last. Raises ArchiveTrouble."""
    with tempfile.TemporaryFile() as said:
        starting = asyncio.ensure_future(
            asyncio.to_thread(programs.start, command, cwd, stdout=said, keep=keep)
        )
        try:
            process = await asyncio.shield(starting)
            with suppress(OSError):  # it has ended already
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
            async with asyncio.timeout(patience):
                while True:  # bound: the timeout around it
                    if process.poll() is not None:
                        break
                    await asyncio.sleep(GLANCE)
        except TimeoutError:
            await _killed(starting)
            raise ArchiveTrouble(f"{command[0]} did not end within {patience:.0f} s") from None
        except BaseException:  # also when cancelled: what we started must not outlive us
            await _killed(starting)
            raise
        words = last_words(said)
    if process.returncode != 0:
        raise ArchiveTrouble(f"{command[0]} failed: {telling(words)}")
    return words


async def _killed(starting: "asyncio.Future[subprocess.Popen[bytes]]") -> None:
    # bound: a process that is begun is there within moments
    await asyncio.wait([starting])
    if not starting.cancelled() and starting.exception() is None:
        process = starting.result()
        process.kill()
        process.wait()


def last_words(said: IO[bytes]) -> str:
    """The end of what was written there."""
    size = os.fstat(said.fileno()).st_size
    return os.pread(said.fileno(), _SAID, max(0, size - _SAID)).decode("utf-8", "replace")


def telling(words: str) -> str:
    """The line that tells, of all that a program said."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    found = [line for line in lines if "error:" in line or "FATAL" in line or "PANIC" in line]
    return (found or lines or ["it said nothing"])[0]
