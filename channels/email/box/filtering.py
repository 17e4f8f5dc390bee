"""seccomp: from here on the kernel refuses these calls (EPERM), whatever a hijacked parser asks.

A list of what is forbidden rather than of what is allowed: the interpreter and its libraries need other calls with every
release, and a letter must not be unreadable after an upgrade. What is forbidden is what leads out: files, other processes,
the network, and parts of the kernel that only programs of another kind need.
"""

import ctypes
import platform
import struct
from collections.abc import Iterator
from typing import Final

from channels.email.box import kernel

_ALLOW, _REFUSE, _KILL = 0x7FFF_0000, 0x0005_0001, 0x8000_0000
"""Refuse: SECCOMP_RET_ERRNO with EPERM."""
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""BPF: load a word, jump if equal, if at least, if any bit is set; return (linux/bpf_common.h)."""
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in struct seccomp_data; arguments are eight bytes each, the low word first on both architectures."""
_X32: Final = 0x4000_0000
_TO_WRITE: Final = 0x1 | 0x2 | 0x40 | 0x200 | 0x40_0000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, the bit of O_TMPFILE."""
_INTERNET: Final = (2, 10)
"""AF_INET and AF_INET6."""
_AUDIT: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}

# name: x86-64, arm64 (None: it has none)
_OUT: Final[dict[str, tuple[int | None, int | None]]] = {
    # other programs and processes
    "fork": (57, None), "vfork": (58, None), "clone": (56, 220), "clone3": (435, 435),
    "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    # files, other than to read
    "creat": (85, None), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "unlink": (87, None), "unlinkat": (263, 35), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "mknod": (133, None), "mknodat": (259, 33), "truncate": (76, 45), "utimensat": (280, 88),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "setxattr": (188, 5),
    "openat2": (437, 437), "open_by_handle_at": (304, 265), "memfd_create": (319, 279),
    # parts of the kernel
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "mount_setattr": (442, 442),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104), "reboot": (169, 142),
    # being asked by others
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242), "socketpair": (53, 199),
}  # fmt: skip
_NET: Final[dict[str, tuple[int | None, int | None]]] = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200),
}  # fmt: skip
_OPEN: Final = ((2, None, 1), (257, 56, 2))
"""open and openat: their numbers, and which argument holds the flags."""


def restrict(*, network: bool) -> None:
    """Refuses the calls, for good. Needs no_new_privs. Raises OSError, also where the numbers of its calls are not above."""
    machine = platform.machine()
    if machine not in _AUDIT:
        raise OSError(38, "no filter for this architecture")
    written = b"".join(_program(machine, network=network))
    held = ctypes.create_string_buffer(written, len(written))
    # struct sock_fprog: a length in instructions, padding, a pointer
    given = struct.pack("HxxxxxxQ", len(written) // 8, ctypes.addressof(held))
    program = ctypes.create_string_buffer(given, len(given))
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.addressof(program))


def _program(machine: str, *, network: bool) -> Iterator[bytes]:
    column = list(_AUDIT).index(machine)
    yield _do(_LOAD, _ARCHITECTURE)
    yield _do(_EQUAL, _AUDIT[machine], 1, 0)
    yield _do(_RETURN, _KILL)
    yield _do(_LOAD, _NUMBER)
    yield _do(_AT_LEAST, _X32, 0, 1)  # the third calling convention of x86-64 has numbers of its own
    yield _do(_RETURN, _REFUSE)
    for numbers in (_OUT if network else _OUT | _NET).values():
        if (number := numbers[column]) is not None:
            yield _do(_EQUAL, number, 0, 1)
            yield _do(_RETURN, _REFUSE)
    for *opening, argument in _OPEN:
        if (number := opening[column]) is not None:
            yield _do(_EQUAL, number, 0, 4)
            yield _do(_LOAD, _ARGUMENTS + 8 * argument)
            yield _do(_ANY_OF, _TO_WRITE, 0, 1)
            yield _do(_RETURN, _REFUSE)
            yield _do(_RETURN, _ALLOW)
    if network:
        yield _do(_EQUAL, _NET["socket"][column] or 0, 0, 4)
        yield _do(_LOAD, _ARGUMENTS)
        yield _do(_EQUAL, _INTERNET[0], 2, 0)
        yield _do(_EQUAL, _INTERNET[1], 1, 0)
        yield _do(_RETURN, _REFUSE)
    yield _do(_RETURN, _ALLOW)


def _do(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """One instruction: struct sock_filter."""
    return struct.pack("HBBI", code, if_so, if_not, value)
