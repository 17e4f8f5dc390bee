"""A worker that enters the box and tries to get out of it, as a parser would that a letter has taken over.

python -m channels.email.workers.probe_worker sealed|names
"""

import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Final

import msgspec

from channels.email.box.entering import Box, Wall
from channels.email.workers.answering import answer_all, begin

_BARRED: Final = frozenset(
    {
        errno.EPERM,
        errno.EACCES,
        errno.ENETUNREACH,
        errno.ENETDOWN,
        errno.EAFNOSUPPORT,
        errno.EAGAIN,
        errno.EFBIG,
    }
)
"""What a wall says. Anything else says that the way was open, and only its end was not there."""


class Attempt(msgspec.Struct, frozen=True, tag=True):
    """What to try: things that exist, so that only a wall can be the reason why they cannot be had."""

    secret: str
    """A file that only the server may read: the master key."""
    unix: str
    """A socket that somebody listens on: the database's."""
    port: int
    """On this machine, where somebody listens."""
    folder: str
    """Where the server writes."""


class Tried(msgspec.Struct, frozen=True):
    """What became of it."""

    walls: list[Wall]
    got_out: list[str]
    """What could be done, in words. Empty, if the box is one."""


def attempt(question: Attempt, box: Box, walls: list[Wall]) -> Tried:
    """Tries all of it."""
    ways = {
        "read the master key": lambda: _read(question.secret),
        "read the server's environment": lambda: _read(f"/proc/{os.getppid()}/environ"),
        "write a file": lambda: _write(question.folder),
        "reach the database's socket": lambda: _connect(socket.AF_UNIX, question.unix),
        "signal the server": lambda: os.kill(os.getppid(), 0),
        "start a process": _fork,
        "start a program": _execute,
    }
    if box is Box.SEALED:
        ways["reach the network"] = lambda: _connect(socket.AF_INET, ("127.0.0.1", question.port))
    return Tried(walls, [name for name, way in ways.items() if _open(way)])


def _open(way: Callable[[], None]) -> bool:
    try:
        way()
    except OSError as fault:
        return fault.errno not in _BARRED
    return True


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def _write(folder: str) -> None:
    path = os.path.join(folder, f"probe-{os.getpid()}")
    with open(path, "wb") as file:
        file.write(b"x")
    os.unlink(path)


def _connect(family: int, address: str | tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as asking:
        asking.settimeout(2)
        asking.connect(address)


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _execute() -> None:
    """Of a program that is not there: where it may be started at all, that is what is said."""
    os.execv("/nonexistent/program", ["program"])  # noqa: S606


if __name__ == "__main__":
    wanted = Box(sys.argv[1])
    entered = begin(wanted)
    answer_all(msgspec.msgpack.Decoder(Attempt), lambda question: attempt(question, wanted, entered))
