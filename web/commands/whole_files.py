"""A file that a command hands out: there when it is whole, readable for its owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from web.causes import naming
from web.commands.reasons import CommandFailed


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone, under its name once it is whole and on the disk; nothing is left of half of one.

    Raises CommandFailed over a directory, OSError where it cannot be written.
    """
    if path.is_dir():
        raise CommandFailed(f"{path}: a directory, not a file")
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        fault.filename = str(path)  # the name that was given; the other is ours
        raise
    try:
        with naming(path), os.fdopen(handle, "wb") as into:
            yield into
            into.flush()
            os.fsync(into.fileno())
        beside.replace(path)
    except BaseException as fault:  # whatever it was, half a record must not lie about
        with suppress(OSError):
            beside.unlink()
        if isinstance(fault, OSError) and fault.filename in (None, str(beside)):  # a full disk names no file
            fault.filename = str(path)
        raise
