"""Calls of the Linux kernel that Python does not offer. Each raises OSError if the kernel says no, or is no Linux."""

import ctypes
import errno
import os
import sys
from typing import Any, Final

CLONE_NEWIPC: Final = 0x0800_0000
CLONE_NEWUSER: Final = 0x1000_0000
CLONE_NEWNET: Final = 0x4000_0000
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38
_CAPABILITIES_3: Final = 0x2008_0522
"""Version of the structure: two words for each of the three sets (linux/capability.h)."""

_libc: Final[Any] = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def call(name: str, *arguments: int | bytes | None) -> int:
    """A function of the C library. Integers go as longs: as ints, pointers and masks would be cut."""
    if _libc is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    function = getattr(_libc, name)
    function.restype = ctypes.c_long if name == "syscall" else ctypes.c_int
    result = int(function(*given))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def prctl(option: int, value: int, more: int = 0) -> None:
    """prctl(2)."""
    call("prctl", option, value, more, 0, 0)


def unshare(what: int) -> None:
    """unshare(2)."""
    call("unshare", what)


def drop_capabilities() -> None:
    """capset(2) to none at all: what root is in a namespace, or was before."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    none = (ctypes.c_uint32 * 6)()
    call("capset", ctypes.addressof(header), ctypes.addressof(none))
