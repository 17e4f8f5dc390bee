"""Why something of the operator's cannot be used, in a few words: never a fault's own text, always setting and place."""

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from web.settings import BadSettings, Listen

UNFINISHED: Final = "restore.unfinished"
"""In a data directory from before the first thing is laid into it until all of it stands."""
_FILLED: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LEAST: Final = 32 * 1024 * 1024
"""Octets: two files of PostgreSQL's log of changes. It ends itself where it cannot make the next."""
_WORDS: Final = {
    errno.EACCES: "not permitted",
    errno.EPERM: "not permitted",
    errno.EADDRINUSE: "another program listens there",
    errno.EADDRNOTAVAIL: "not an address of this machine",
    errno.EISDIR: "a directory, not a file",
    errno.ENOENT: "not there",
    errno.ENOTDIR: "below something that is no directory",
    errno.ENOTSOCK: "there already, and not a socket",
    errno.ENOSPC: "no space is left on the disk",
    errno.EROFS: "read-only",
}


class CannotListen(Exception):
    """An address cannot be listened on. Its text is one line for the operator."""


def cause(fault: OSError) -> str:
    """Why the system said no."""
    if isinstance(fault, socket.gaierror):
        return "no such host name"
    if fault.errno is None:
        return "not possible on this system"
    return _WORDS.get(fault.errno) or os.strerror(fault.errno).lower()


def cannot_listen(setting: str, at: Listen, fault: OSError) -> CannotListen:
    """The refusal of a listener: `setting` is its name without the prefix."""
    more = ""
    if fault.errno == errno.EACCES and 0 < at.port < 1024:
        more = " (a port below 1024 needs root or CAP_NET_BIND_SERVICE)"
    return CannotListen(f"QUIETLINE_{setting}: cannot listen on {at}: {cause(fault)}{more}")


def read_file(setting: str, path: Path) -> bytes:
    """What a setting's file holds. Raises BadSettings."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise BadSettings(f"{setting}: {path} cannot be read: {cause(fault)}") from None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """A disk that takes no more of this file says it with its name: writing to an open one, or closing it, says only why.
    Whatever else fails meanwhile is of something else."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FILLED and fault.filename is None:
            fault.filename = str(path)
        raise


def is_full(folder: Path) -> bool:
    """Whether the disk has no room for what a database writes at once."""
    return shutil.disk_usage(folder).free < LEAST


def must_be_whole(folder: Path) -> None:
    """Raises BadSettings where a restore was cut off: half a house must not be lived in, nor a new one built beside it."""
    if (folder / UNFINISHED).exists():
        raise BadSettings(
            f"QUIETLINE_DATA_DIR: a restore into {folder} is under way, or was cut off: then run it again first"
        )


def must_take_files(setting: str, folder: Path) -> None:
    """Makes the folder if need be. Raises BadSettings where nothing can be kept."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(
            dir=folder
        ):  # asked by trying: only the kernel knows modes, ACLs and mount options
            pass
    except FileExistsError:
        raise BadSettings(f"{setting}: {folder} is not a directory") from None
    except OSError as fault:
        raise BadSettings(f"{setting}: {folder} cannot be written to: {cause(fault)}") from None
