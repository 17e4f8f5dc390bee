"""The consent (a refresh token) in a file of its own: 0600, replaced as a whole, never half.

Not in the database: it opens a mailbox, and must be in no backup of the words; and a backup that is restored would bring
back one that was spent. Each machine that carries mail has its own, so no two of them spend one that can be used once. Of
several processes on one machine one at a time asks the provider.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from channels.email.access import Lack, NoToken

LIMIT: Final = 16 * 1024
"""Octets."""
PATIENCE: Final = 25.0
"""Seconds for another process that asks at this moment: longer than one question takes."""
GLANCE: Final = 0.05


def read_consent(path: Path) -> str | None:
    """What is kept; None: nothing yet. Raises NoToken where it cannot be read, or others could."""
    try:
        with path.open("rb") as file:
            return _read(file.fileno())
    except FileNotFoundError:
        return None
    except OSError:
        raise NoToken(Lack.UNREADABLE) from None


def _read(handle: int) -> str | None:
    if os.fstat(handle).st_mode & 0o077:
        raise NoToken(Lack.UNREADABLE)
    try:
        return os.read(handle, LIMIT).decode("ascii").strip() or None
    except UnicodeDecodeError:
        raise NoToken(Lack.UNREADABLE) from None


def write_consent(path: Path, consent: str) -> None:
    """Keeps another in its place: who reads meanwhile reads the one or the other. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        beside.unlink()
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(consent + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """A rename that a power cut undoes would leave a consent that was spent."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(path: Path) -> Iterator[str | None]:
    """What is kept, while no other process of this machine asks the provider with it. Raises NoToken."""
    until = time.monotonic() + PATIENCE
    handle = _locked(path, until)
    if handle is None:
        yield None
        return
    try:
        yield _read(handle)
    finally:
        os.close(handle)  # which unlocks it


def _locked(path: Path, until: float) -> int | None:
    """The file itself is the lock, so that nothing need be made beside it. None where there is none."""
    while True:  # bound: PATIENCE
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        except OSError:
            raise NoToken(Lack.UNREADABLE) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still_there(path, handle):
                return handle
        except BlockingIOError:
            pass
        except OSError:
            os.close(handle)
            raise NoToken(Lack.UNREADABLE) from None
        os.close(handle)
        if time.monotonic() > until:
            raise NoToken(Lack.AWAY)
        time.sleep(GLANCE)


def _is_still_there(path: Path, handle: int) -> bool:
    """Whoever had the lock before us may have put another in its place."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False
