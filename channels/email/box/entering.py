"""Entering the box: in this order, for each step takes away what the next one would not need, and nothing is given back.

What the kernel does not offer (an old one, a container that forbids it) is left out, and named by `quietline doctor`: the
letters of a house must not wait for its kernel. No single step is the box; that several forbid the same thing is meant.
"""

import os
import resource
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from channels.email.box import filtering, kernel, landlock

ROOT: Final = Path(__file__).parents[3]
FILES_OPEN: Final = 48
"""Descriptors: the pipes, a module that is loaded late, sockets to name servers."""
STRANGERS: Final = 0x7051_0000
"""Added to the process's number: an account that nobody has, another one for each worker, so that none can touch another."""
NOBODY: Final = 65_534
"""Where a user namespace knows no such high number."""
_NAMES: Final = ("resolv.conf", "hosts", "host.conf", "nsswitch.conf", "gai.conf", "services")


class Box(StrEnum):
    """What the work in it needs."""

    SEALED = "sealed"
    """Nothing but its question."""
    NAMES = "names"
    """To ask name servers, too."""


@dataclass(frozen=True, slots=True)
class Wall:
    """One step, and whether the kernel took it; `why` not."""

    name: str
    holds: bool
    why: str = ""


def enter(box: Box) -> list[Wall]:
    """Locks this process in, for good. Single-threaded, before anything of a stranger's is read."""
    readable = list(_libraries(box))
    _limit()
    walls = [_try(name, step) for name, step in _steps(box, readable)]
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return walls


def _steps(box: Box, readable: list[Path]) -> Iterator[tuple[str, Callable[[], None]]]:
    if box is Box.SEALED:
        yield "a network without interfaces", _leave_network
    if os.geteuid() == 0:
        yield "an account of its own", lambda: _become_a_stranger(readable)
    yield "no capabilities", kernel.drop_capabilities
    yield "no new privileges", lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    yield "no looking into its memory", lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    yield (
        "only libraries can be read (Landlock)",
        lambda: landlock.restrict(readable, network=box is Box.NAMES),
    )
    yield "calls that lead out are refused (seccomp)", lambda: filtering.restrict(network=box is Box.NAMES)


def _try(name: str, step: Callable[[], None]) -> Wall:
    try:
        step()
    except OSError as fault:
        return Wall(name, holds=False, why=(fault.strerror or type(fault).__name__).lower())
    return Wall(name, holds=True)


def _limit() -> None:
    os.closerange(3, 4096)  # nothing of the server's is inherited; this makes sure of it
    os.environ.clear()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be a letter on disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_OPEN, FILES_OPEN))


def _leave_network() -> None:
    alone = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC
    kernel.unshare(alone if os.geteuid() == 0 else alone | kernel.CLONE_NEWUSER)


def _become_a_stranger(readable: list[Path]) -> None:
    """Raises OSError, and changes nothing, where the interpreter lies in a closed home: codecs are loaded when needed."""
    os.setgroups([])
    for uid in (STRANGERS + (os.getpid() & 0xFFFF), NOBODY):
        try:
            os.setegid(uid)
            os.seteuid(uid)
        except OSError:  # unknown in this user namespace
            os.setegid(0)
            continue
        try:
            for path in readable:
                if path.is_dir():
                    os.scandir(path).close()
        finally:
            os.seteuid(0)
            os.setegid(0)
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        return
    raise OSError(22, "no such account here")


def _libraries(box: Box) -> Iterator[Path]:
    """What may be read: the interpreter's libraries and our own code. Never the checkout, whose `var` may hold the key."""
    yield from {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    yield from (Path(one) for one in sys.path if one and Path(one).is_dir() and not ROOT.is_relative_to(one))
    yield from (ROOT / "channels", ROOT / "messaging", Path("/usr/share/zoneinfo"))
    yield from (Path("/", one) for one in ("lib", "lib64", "usr/lib", "usr/lib64", "etc/ld.so.cache"))
    if box is Box.NAMES:
        yield from (Path("/etc", name) for name in _NAMES)
