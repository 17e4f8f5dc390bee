"""The master key: a file outside the database and its backups. Made once, never replaced by accident."""

import os
from pathlib import Path

from messaging.trust.encryption import KEY_BYTES, RootKey


class KeyTrouble(Exception):
    """The master key cannot be used; one line for the operator."""


def read_master_key(path: Path, *, may_make: bool) -> RootKey:
    """The root key. `may_make` only while nothing is sealed yet. Raises KeyTrouble."""
    try:
        if may_make and not path.exists():
            _make(path)
        mode = path.stat().st_mode & 0o777
        key = bytes.fromhex(path.read_text("ascii").strip())
        if mode & 0o077:
            raise KeyTrouble(f"QUIETLINE_MASTER_KEY_FILE: {path} is readable by others; chmod 600 it")
        return RootKey(key)
    except FileNotFoundError:
        raise KeyTrouble(
            f"QUIETLINE_MASTER_KEY_FILE: {path} is missing: restore it; a new one would open nothing"
        ) from None
    except (OSError, ValueError) as fault:
        raise KeyTrouble(
            f"QUIETLINE_MASTER_KEY_FILE: {path} cannot be read: {type(fault).__name__}"
        ) from None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_EXCL: two servers that start at once must not each seal with a key of their own.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
