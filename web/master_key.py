"""The master key: a file outside the database and its backups. Made once, never replaced by accident.

While it is rotated there are more: `NAME.next`, which is to become the key, and `NAME.former-CHECK`, which was it and opens
backups of its time. A server knows all of them.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Final

from messaging.practice.rewrapping import Rotation
from messaging.trust.encryption import KEY_BYTES
from messaging.trust.root_keys import RootKey, RootKeys
from web.causes import cause

LOOKS: Final = 3
MOST_FORMER: Final = 20
"""Former keys that are read: each is tried for what no other one opens."""


class KeyTrouble(Exception):
    """The master key cannot be used; one line for the operator."""


def read_master_keys(path: Path, *, may_make: bool) -> RootKeys:
    """The master key and those beside it. `may_make` only while nothing is sealed yet. Raises KeyTrouble."""
    if may_make and not _is_there(path):
        make_key(path)
    return RootKeys(_all(path), partial(_all_that_can_be_read, path))


def _all(path: Path) -> list[RootKey]:
    return [read_master_key(one) for one in (path, *_beside(path))]


def _beside(path: Path) -> list[Path]:
    """The next one, and the former, the newest first."""
    next_ = next_to(path)
    former = sorted(path.parent.glob(f"{path.name}.former-*"), key=lambda one: -one.stat().st_mtime)
    return [*([next_] if next_.exists() else []), *former[:MOST_FORMER]]


def _all_that_can_be_read(path: Path) -> list[RootKey]:
    """While their disk is away a server keeps those it knows."""
    for _ in range(LOOKS):
        try:
            before = path.stat().st_ino
            found = _all(path)
            if path.stat().st_ino == before:
                return found
        except (KeyTrouble, OSError):
            continue  # exchanged while it was looked at: the next look finds them under their new names
    return []


def read_master_key(path: Path) -> RootKey:
    """The key in one file. Raises KeyTrouble."""
    named = _named(path)
    try:
        mode = path.stat().st_mode & 0o777
        held = path.read_bytes()
    except FileNotFoundError:
        raise KeyTrouble(
            f"{named} is missing; without it nothing can be opened (restore it, do not make a new one)"
        ) from None
    except OSError as fault:
        raise KeyTrouble(f"{named} cannot be read: {cause(fault)}") from None
    if mode & _forbidden(path):
        raise KeyTrouble(f"{named} is readable by others; chmod 600 it")
    try:
        return RootKey(bytes.fromhex(held.decode("ascii").strip()))
    except ValueError:
        raise KeyTrouble(
            f"{named} cannot be read: it does not hold {2 * KEY_BYTES} hexadecimal digits"
        ) from None


def _forbidden(path: Path) -> int:
    """Who else may not read it. systemd hands a credential to a service's user by an access list, and then the group's bits
    are the list's mask (systemd.exec(5), Credentials): 0440 there is a file of root's for one user."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return 0o037 if folder and path.parent == Path(folder) else 0o077


def next_to(path: Path) -> Path:
    """Where the next key lies until it is the key."""
    return path.with_name(f"{path.name}.next")


def prepared(path: Path) -> Path:
    """The next key, made where there is none yet: where it lies. Raises KeyTrouble."""
    following = next_to(path)
    if not following.exists():
        make_key(following)
    return following


def rotation_of(path: Path) -> Rotation:
    """What a rotation does with the files. Raises KeyTrouble, as what it hands out does."""
    new = read_master_key(prepared(path))
    return Rotation(new, partial(read_master_keys, path, may_make=False), partial(exchange, path))


def former_of(path: Path) -> Path:
    """The name that the key of today keeps once it is exchanged. Raises KeyTrouble."""
    try:
        check = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as fault:
        raise KeyTrouble(f"{_named(path)} cannot be read: {cause(fault)}") from None
    return path.with_name(f"{path.name}.former-{check}")


def exchange(path: Path) -> Path:
    """The next key becomes the key, the former one keeps a name of its own: which. Raises KeyTrouble.

    Each step is one name, on disk before the following: whenever it is cut off, all keys are there, and it can go on.
    """
    former = former_of(path)
    try:
        if not former.exists():
            former.hardlink_to(path)
        _sync(path.parent)
        next_to(path).rename(path)
        _sync(path.parent)
    except OSError as fault:
        raise KeyTrouble(f"{_named(path)} cannot be exchanged: {cause(fault)}") from None
    return former


def make_key(path: Path) -> None:
    """A fresh key in a file that is not there yet. Raises KeyTrouble."""
    _write(path, os.urandom(KEY_BYTES))


def keep_key(path: Path, key: bytes) -> None:
    """A key from its recovery sheet, in a file that is not there yet or holds it already. Raises KeyTrouble."""
    if not _is_there(path):
        _write(path, key)
    elif read_master_key(path).secret != key:
        raise KeyTrouble(f"{_named(path)} is another one than the recovery sheet's; move it away first")


def _write(path: Path, key: bytes) -> None:
    """Whole or not at all, and over none that is there: of half a key nobody would dare to say that it is none."""
    part = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _fill(handle, key)
            # A name is linked once: two servers that start at once must not each seal with a key of their own.
            os.link(part, path)
        finally:
            part.unlink()
        _sync(path.parent)
    except OSError as fault:
        raise KeyTrouble(f"{_named(path)} cannot be written: {cause(fault)}") from None


def _fill(handle: int, key: bytes) -> None:
    with os.fdopen(handle, "w") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def alone_at(path: Path) -> Iterator[None]:
    """Nobody else on this machine exchanges the key meanwhile. Raises KeyTrouble where somebody does."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise KeyTrouble(f"{_named(path)} is being exchanged already: wait for that one to end") from None
    finally:
        os.close(folder)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as fault:
        raise KeyTrouble(f"{_named(path)} cannot be read: {cause(fault)}") from None


def _named(path: Path) -> str:
    return f"QUIETLINE_MASTER_KEY_FILE: the master key {path}"


def _sync(folder: Path) -> None:
    """A new name survives a power cut only once its directory is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
