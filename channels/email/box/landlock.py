"""Landlock: from here on this process reads only below the given paths, and writes, makes or runs no file at all.

Linux 5.13 and newer (Documentation/userspace-api/landlock.rst); later kernels bar more, and each says how much it knows.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from channels.email.box import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls: the same numbers on every architecture."""
_VERSION: Final = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILES: Final = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many kinds of access to files a kernel bars, by its version; from the fifth there are 16."""
_TCP: Final = 0b11
"""To bind, to connect: from version 4."""
_SCOPES: Final = 0b11
"""Abstract sockets and signals to who is outside: from version 6."""


def version() -> int:
    """What this kernel knows. Raises OSError where there is none."""
    return kernel.call("syscall", _CREATE, 0, 0, _VERSION)


def restrict(readable: Iterable[Path], *, network: bool) -> None:
    """Bars everything else, for good. Needs no_new_privs. Raises OSError."""
    known = version()
    files = (1 << _FILES.get(known, 16)) - 1
    words = [files, 0 if network else _TCP, _SCOPES][: 1 if known < 4 else 2 if known < 6 else 3]
    attributes = (ctypes.c_uint64 * len(words))(*words)
    ruleset = kernel.call("syscall", _CREATE, ctypes.addressof(attributes), ctypes.sizeof(attributes), 0)
    try:
        for path in readable:
            _allow(ruleset, path)
        kernel.call("syscall", _RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine, or closed to us anyway
        return
    try:
        access = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        rule = access.to_bytes(8, "little") + opened.to_bytes(4, "little")  # packed
        held = ctypes.create_string_buffer(rule, len(rule))
        kernel.call("syscall", _ADD, ruleset, 1, ctypes.addressof(held), 0)
    finally:
        os.close(opened)
