"""Buckets that the workers of one server count together (`messaging.trust.pace`): a table in memory that all of them have.

A slot is 16 bytes of a keyed hash of pace and subject, and the monotonic time at which the bucket is full again, which all
processes of a machine share. A subject has a set of eight slots to be in; when they are taken, the bucket nearest to
being full goes, so nobody has theirs forgotten by others without knowing the key.

There is no lock: a worker that is stopped would hold up all the others. Two that count in the same microsecond may count as
one, which is worth a guess more, once.
"""

import hashlib
import mmap
import os
import struct
import tempfile
from collections.abc import Hashable
from typing import Final

from messaging.trust.pace import Pace, Rate

SETS: Final = 1 << 14
SLOTS: Final = 8
"""Of a set. 131 072 buckets in all, of which those that are full are free."""
KEY_BYTES: Final = 32
_SLOT: Final = struct.Struct("<16sd")
_SET: Final = _SLOT.size * SLOTS
SIZE: Final = KEY_BYTES + SETS * _SET
"""Bytes: 3 MB, of which only what is used takes memory."""


def new_table() -> int:
    """The descriptor of an empty table under a key of its own; whoever it is handed to counts in it."""
    if hasattr(os, "memfd_create"):
        made = os.memfd_create("quietline-paces")
    else:
        with tempfile.TemporaryFile() as file:  # no name anywhere, as above
            made = os.dup(file.fileno())
    os.truncate(made, SIZE)
    os.pwrite(made, os.urandom(KEY_BYTES), 0)
    return made


class Table:
    """The table behind a descriptor, as this process sees it."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, SIZE)
        self._key = self._memory[:KEY_BYTES]

    def pace(self, name: str, rate: Rate) -> Pace:
        """One that all who have the table count together, by its name."""
        return Pace(rate, _Shelf(self, name))

    def digest(self, what: str) -> bytes:
        """What a bucket is found by."""
        return hashlib.blake2b(what.encode(), digest_size=16, key=self._key).digest()

    def find(self, digest: bytes) -> float | None:
        """When the bucket is full, if it is known."""
        at = self._place(digest)
        for slot in range(at, at + _SET, _SLOT.size):
            if self._memory[slot : slot + 16] == digest:
                return float(_SLOT.unpack_from(self._memory, slot)[1])
        return None

    def put(self, digest: bytes, full_at: float) -> None:
        """In its own slot, else in that of the bucket nearest to being full."""
        at = self._place(digest)
        slots = range(at, at + _SET, _SLOT.size)
        held = [_SLOT.unpack_from(self._memory, slot) for slot in slots]
        own = next((slot for slot, (whose, _) in zip(slots, held, strict=True) if whose == digest), None)
        if own is None:
            own = min(zip(slots, held, strict=True), key=lambda one: one[1][1])[0]
        _SLOT.pack_into(self._memory, own, digest, full_at)

    def _place(self, digest: bytes) -> int:
        return KEY_BYTES + int.from_bytes(digest[:4], "little") % SETS * _SET


class _Shelf:
    """One pace's buckets in the table."""

    def __init__(self, table: Table, name: str) -> None:
        self._table, self._name = table, name

    def full_at(self, subject: Hashable, now: float) -> float:
        """See `messaging.trust.pace.Shelf`."""
        found = self._table.find(self._digest(subject))
        return now if found is None else found

    def keep(self, subject: Hashable, full_at: float, now: float) -> None:
        """See `messaging.trust.pace.Shelf`. A full one stays until its slot is wanted."""
        self._table.put(self._digest(subject), max(full_at, 0.0))

    def _digest(self, subject: Hashable) -> bytes:
        # By what it says of itself: a process's own hashes are salted. Subjects are ids, names' hashes, networks and tuples.
        return self._table.digest(f"{self._name} {subject!r}")
