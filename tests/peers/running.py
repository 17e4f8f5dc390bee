"""Finding, starting and ending programs of others."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

PLACES = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
PATIENCE = 60.0
"""Seconds a program may take for anything."""
GLANCE = 0.05
"""Seconds between two looks."""


def found(program: str) -> str | None:
    """Where a program is; the system's own are not on everybody's path."""
    return shutil.which(program, path=PLACES)


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skips where a program is missing and `deploy/test` could not get it (no root, no apt)."""
    missing = [one for one in programs if found(one) is None]
    return pytest.mark.skipif(
        bool(missing), reason=f"needs {', '.join(missing)}: deploy/test gets them as root with apt"
    )


def program(name: str) -> str:
    """The program's path; it is there, or the test would have been skipped."""
    path = found(name)
    assert path is not None
    return path


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that the programs' own accounts may enter, which pytest's are not."""
    made = Path(tempfile.mkdtemp(prefix="quietline-peer-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def until(look: Callable[[], bool], what: str) -> None:
    """Looks until it is so: other people's programs ring no bell of ours."""
    end = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(GLANCE)


async def until_it_is(
    look: Callable[[], Awaitable[bool] | bool], what: str, state: Callable[[], object] | None = None
) -> None:
    """The same while our own loop runs. `state` is asked in the end, to say how things stood when patience ran out."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = look()
        if answer if isinstance(answer, bool) else await answer:
            return
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}" + (f": {state()}" if state else ""))
        await asyncio.sleep(GLANCE)


def listening(port: int) -> bool:
    """Whether somebody answers."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
        return True
    return False


def ended(process: "subprocess.Popen[bytes]") -> None:
    """Ends a program, by its id."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
