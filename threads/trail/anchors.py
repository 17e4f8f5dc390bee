"""Anchors: how long each audit chain was and how it ended, kept in a file outside the database.

A chain of keyed hashes shows a changed line, and not that the last ones are gone: what is left fits together. Whoever can
delete rows cannot reach this file, which belongs where the database's owner cannot write, and not in its backups. It is
written every `EVERY` seconds and at the end, so what was cut within that time of being written may go unnoticed.

An anchor only ever moves forward along the chain that holds it. One that does not fit stays, and rings, until somebody
has looked (after restoring an old backup: removes the file).
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from messaging.errors import Busy
from messaging.ids import PracticeId
from messaging.trust.alarms import Alarm, ring

EVERY: Final = 10.0
"""Seconds. More often would be more writes to the disk than words."""
LAST: Final = 3.0
"""Seconds the last move may take when the house stops; a database that is away must not hold it up."""


class AnchorTrouble(Exception):
    """The file cannot be used; one line for the operator."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the number of its last line, and that line's link."""

    seq: int
    mac: bytes = field(repr=False)


Stands = Callable[[PracticeId, Head], Awaitable[bool]]
"""Whether a chain holds this line with this link."""


class Anchors:
    """The file, and what this process has written since."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: dict[PracticeId, Head] = {}  # bound: one for each practice of the installation

    def reached(self, practice: PracticeId, head: Head) -> None:
        """A chain is committed up to here."""
        self._written[practice] = head

    def known(self, practice: PracticeId) -> Head | None:
        """The furthest that is known of a chain, by this process or by the file. Raises AnchorTrouble."""
        return self._written.get(practice) or self.kept().get(practice)

    def kept(self) -> dict[PracticeId, Head]:
        """What the file says. Raises AnchorTrouble."""
        try:
            held = json.loads(self._path.read_text("ascii"))
            return {PracticeId(UUID(p)): Head(int(seq), bytes.fromhex(mac)) for p, (seq, mac) in held.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as fault:
            raise AnchorTrouble(
                f"QUIETLINE_AUDIT_ANCHORS_FILE: the audit anchors {self._path} cannot be read: {type(fault).__name__}"
            ) from None

    async def check(self, stands: Stands) -> None:
        """Rings for each chain that does not hold what was anchored of it. Raises AnchorTrouble, Busy."""
        for practice, head in self.kept().items():
            if not await stands(practice, head):
                ring(Alarm.TRAIL, practice)

    async def run(self, stands: Stands, every: float = EVERY) -> None:
        """Keeps the file up to date until cancelled, and once more then."""
        try:
            while True:  # bound: until cancelled; each turn sleeps
                await asyncio.sleep(every)
                await self.move(stands)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST):
                    await self.move(stands)

    async def move(self, stands: Stands) -> None:
        """Moves the anchors forward, each only along the chain it lies in."""
        written, self._written = self._written, {}
        if not written:
            return
        try:
            fits = {p: h for p, h in written.items() if await self._continues(p, stands)}
            await asyncio.to_thread(self._keep, fits)
        except Busy:  # an outage is no alarm; they are kept when it is over
            self._written = written | self._written
        except (AnchorTrouble, OSError):
            ring(Alarm.TRAIL, what="anchors not kept")
            self._written = written | self._written

    async def _continues(self, practice: PracticeId, stands: Stands) -> bool:
        head = self.kept().get(practice)
        if head is None or await stands(practice, head):
            return True
        ring(Alarm.TRAIL, practice)
        return False

    def _keep(self, heads: Mapping[PracticeId, Head]) -> None:
        """Whole or not at all; other processes of this machine keep theirs beside it."""
        with self._alone():
            known = self.kept()
            for practice, head in heads.items():
                if practice not in known or known[practice].seq < head.seq:
                    known[practice] = head
            new = self._path.with_name(self._path.name + ".new")
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                json.dump({str(p): [h.seq, h.mac.hex()] for p, h in known.items()}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The folder is what is locked, for the file is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
