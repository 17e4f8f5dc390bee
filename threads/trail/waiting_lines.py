"""Audit lines of reads that wait in a local file while the trail cannot be written: ids and times only, in their order.

A database that has become read-only (a failover, a full disk) still lets the record be read, and who opened it must be in
the trail all the same. The file is bounded; what it had no place for is itself a line, once for each practice.
"""

import fcntl
import json
import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from messaging.faults import located
from messaging.ids import PersonId, PracticeId
from messaging.memory.trail import Line
from messaging.trust.noted import Door, Noted

log = logging.getLogger(__name__)

NAME: Final = "trail.waiting"
FILES: Final = 16
"""Processes that may share a data directory; each has a file of its own."""
MOST: Final = 20_000
"""Lines that may wait: hours of a large practice's reading, 4 MB."""
LOST: Final = Noted.READS_NOT_NOTED.value
"""The action of the line that says that from here on reads of this practice were not noted."""


class WaitingLines:
    """The waiting lines of this process."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        self._file: int | None = None
        self._lines: list[Line] | None = None
        self._lost: set[PracticeId] = set()  # bound: one for each practice of the installation

    def __len__(self) -> int:
        return len(self._read())

    def add(self, line: Line) -> bool:
        """Lets it wait, or notes once that there was no place. False where nothing can be written."""
        waiting = self._read()
        if len(waiting) - len(self._lost) >= self._most:
            if line.practice in self._lost:
                return True
            self._lost.add(line.practice)
            line = Line(
                practice=line.practice, at=line.at, actor=line.actor, action=LOST, subject=None, door=None
            )
        try:
            os.write(self._open(), _encoded(line))
        except OSError as fault:
            log.error("an audit line cannot wait", extra=located(fault))
            return False
        waiting.append(line)
        return True

    def all(self) -> list[Line]:
        """What waits, the oldest first."""
        return list(self._read())

    def written(self) -> None:
        """All that waited stands in the trail now."""
        os.ftruncate(self._open(), 0)
        self._lines = []  # bound: `most` lines, and one for each practice
        self._lost.clear()

    def _read(self) -> list[Line]:
        """From the file once: lines that a process before us left."""
        if self._lines is None:
            try:
                self._lines = self._left_behind()
            except OSError:  # no such folder, or none of ours: then nothing waits there
                return []
        return self._lines

    def _left_behind(self) -> list[Line]:
        with os.fdopen(os.dup(self._open()), "rb") as file:
            file.seek(0)
            found = [_decoded(one) for one in file]
        if None in found:  # the half of a line: the machine went down in the middle of it
            log.error("waiting audit lines cannot be read", extra={"lines": found.count(None)})
        return [line for line in found if line is not None]

    def _open(self) -> int:
        """The first file nobody else holds; it is ours until this process ends."""
        for number in range(FILES) if self._file is None else ():
            path = self._folder / (f"{NAME}.{number}" if number else NAME)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                continue
            self._file = file
            break
        if self._file is None:
            raise FileExistsError(f"{NAME}: all {FILES} are held")
        return self._file

    def close(self) -> None:
        """Lets go of the file; what waits in it is found by who comes next."""
        if self._file is not None:
            os.close(self._file)
            self._file = self._lines = None


def _encoded(line: Line) -> bytes:
    subject = str(line.subject) if line.subject else None
    held = [str(line.practice), line.at.isoformat(), str(line.actor), line.action, subject, line.door]
    return json.dumps(held).encode() + b"\n"


def _decoded(raw: bytes) -> Line | None:
    try:
        practice, at, actor, action, subject, *door = json.loads(raw)  # before doors were kept, five
        return Line(
            practice=PracticeId(UUID(practice)),
            at=datetime.fromisoformat(at),
            actor=PersonId(UUID(actor)),
            action=action,
            subject=UUID(subject) if subject else None,
            door=Door(door[0]) if door and door[0] else None,
        )
    except ValueError:
        return None
