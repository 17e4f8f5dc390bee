"""The file of signed heads: one line a day and practice, only ever added to; other processes here add to it too."""

import fcntl
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from messaging.ids import PracticeId
from messaging.trust.signed_heads import NoHead, SignedHead, head_of


class HeadsFile:
    """See `messaging.memory.trail.Heads`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[PracticeId, date] | None = None

    def known(self) -> Mapping[PracticeId, date]:
        """Of which day the last head of each practice is. Raises OSError."""
        if self._known is None:
            try:
                self._known = _days(self._path.read_bytes())
            except FileNotFoundError:
                self._known = {}  # bound: one for each practice of the installation
        return self._known

    def add(self, heads: Sequence[SignedHead]) -> int:
        """Those that nobody else has added meanwhile; on the disk when it returns. How many. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            held = file.read()
            days = _days(held)
            new = [one for one in heads if days.get(PracticeId(one.practice)) != one.at.date()]
            # A line that was cut off when the machine went down ends here, and is said to be none.
            broken = b"\n" if held and not held.endswith(b"\n") else b""
            if new:
                file.write(broken + "".join(f"{one.written()}\n" for one in new).encode("ascii"))
                os.fsync(file.fileno())
            self._known = days | {PracticeId(one.practice): one.at.date() for one in new}
        return len(new)


def _days(held: bytes) -> dict[PracticeId, date]:
    found: dict[PracticeId, date] = {}
    for line in held.decode("ascii", "replace").splitlines():
        try:
            head = head_of(line)
        except NoHead:
            continue
        found[PracticeId(head.practice)] = head.at.date()
    return found
