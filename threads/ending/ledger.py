"""The erasure ledger: a file outside the database and its backups, one line an erasing, only ever added to.

It belongs beside the master key. Ids and times only. A line is on disk before anything is deleted.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from messaging.ids import PracticeId
from messaging.memory.ending import Erasable, Erasing, LedgerTrouble


class LedgerFile:
    """See `messaging.memory.ending.Ledger`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def must_take(self) -> None:
        """Raises LedgerTrouble where nothing can be entered, and where it is no ledger."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
        except OSError as fault:
            raise self._trouble("cannot be written", fault) from None
        self.entered()

    def enter(self, one: Erasing) -> None:
        """Kept on disk when it returns. Raises LedgerTrouble."""
        line = {"what": one.what, "practice": str(one.practice), "id": str(one.id), "at": one.at.isoformat()}
        try:
            self._add((json.dumps(line) + "\n").encode("ascii"))
        except OSError as fault:
            raise self._trouble("cannot be written", fault) from None

    def entered(self) -> Sequence[Erasing]:
        """All of it, the oldest first. Raises LedgerTrouble."""
        try:
            lines = self._path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return ()
        except OSError as fault:
            raise self._trouble("cannot be read", fault) from None
        try:
            # A last line without its end is one that was being written when the power went: nothing was erased yet.
            return [_read(line) for line in lines if line.endswith(b"\n") and line.strip()]
        except (ValueError, KeyError, TypeError) as fault:
            raise self._trouble("does not say what was erased", fault) from None

    def _add(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # What was cut off by a power failure is taken back: nothing was erased for it, and ours would be part of it.
            held = file.read()
            file.truncate(held.rfind(b"\n") + 1)
            file.write(line)
            os.fsync(file.fileno())
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # a new name survives a power cut only once its directory is on disk
        finally:
            os.close(folder)

    def _trouble(self, what: str, fault: Exception) -> LedgerTrouble:
        return LedgerTrouble(
            f"QUIETLINE_LEDGER_FILE: the erasure ledger {self._path} {what}: {type(fault).__name__}"
        )


def _read(line: bytes) -> Erasing:
    said = json.loads(line)
    return Erasing(
        Erasable(said["what"]),
        PracticeId(UUID(said["practice"])),
        UUID(said["id"]),
        datetime.fromisoformat(said["at"]),
    )
