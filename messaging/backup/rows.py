"""Rows in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, File Formats), read without a database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.backup.header import NoBackup

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00"
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_END: Final = -1

Values = list[bytes | None]


class Rows:
    """The rows of one table, fed in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()  # bound: a row and a piece
        self._begun = self.ended = False

    def feed(self, piece: bytes) -> Iterator[Values]:
        """Whole rows, each as its values. Raises NoBackup."""
        self._held += piece
        at = 0 if self._begun else self._beginning()
        while (found := self._row(at)) is not None:
            values, at = found
            if values is None:
                self.ended = True
                break
            yield values
        del self._held[:at]

    def _beginning(self) -> int:
        """The signature, flags (4), and an extension of a said length (4)."""
        if len(self._held) < len(_SIGNATURE) + 8:
            return 0
        if not self._held.startswith(_SIGNATURE):
            raise NoBackup("the backup's rows cannot be read")
        self._begun = True
        return len(_SIGNATURE) + 8 + int.from_bytes(self._held[15:19], "big")

    def _row(self, at: int) -> tuple[Values | None, int] | None:
        if not self._begun or self.ended or len(self._held) < at + 2:
            return None
        count = _signed(self._held[at : at + 2])
        at += 2
        if count == _END:
            return None, at
        values: Values = []
        for _ in range(count):
            if len(self._held) < at + 4:
                return None
            size = _signed(self._held[at : at + 4])
            at += 4
            if len(self._held) < at + max(size, 0):
                return None
            values.append(None if size < 0 else bytes(self._held[at : at + size]))
            at += max(size, 0)
        return values, at


def _signed(raw: bytes | bytearray) -> int:
    return int.from_bytes(raw, "big", signed=True)


def number(raw: bytes) -> int:
    """smallint, integer, bigint."""
    return _signed(raw)


def moment(raw: bytes) -> datetime:
    """timestamptz: microseconds since 2000."""
    return _EPOCH + timedelta(microseconds=_signed(raw))


def uuid(raw: bytes) -> UUID:
    """uuid."""
    return UUID(bytes=raw)
