"""What a backup says inside its sealed stream: frames, each a letter, a length (4 octets) and so many octets.

H  the header, JSON: program, schema, when, tables with their columns and the number of their rows, sequences
T  a table begins: its name
D  rows of it, in PostgreSQL's binary COPY format (each table's has its own beginning and end)
E  the end: nothing follows
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from messaging.backup.header import Header, NoBackup, TableSaid

HEADER: Final = b"H"
TABLE: Final = b"T"
DATA: Final = b"D"
END: Final = b"E"
MOST: Final = 2 * 1024 * 1024 * 1024
"""Octets of a frame: PostgreSQL hands rows out one by one, and none is larger."""
_PREFIX: Final = 5

Frame = tuple[bytes, bytes]


def read_header(raw: bytes) -> Header:
    """The inverse of `encoded`. Raises NoBackup."""
    try:
        said = json.loads(raw)
        tables = tuple(
            TableSaid(str(one["name"]), tuple(map(str, one["columns"])), int(one["rows"]))
            for one in said["tables"]
        )
        sequences = {str(name): int(last) for name, last in said["sequences"].items()}
        return Header(
            program=str(said["program"]),
            schema=str(said["schema"]),
            at=str(said["at"]),
            tables=tables,
            sequences=sequences,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoBackup("the backup's header cannot be read") from None


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """One frame."""
    return kind + len(content).to_bytes(4, "big") + content


def frames(pieces: Iterable[bytes]) -> Iterator[Frame]:
    """All frames of a stream up to its end. Raises NoBackup where it ends before."""
    held = bytearray()  # bound: a frame and a piece
    ended = False
    for piece in pieces:
        held += piece
        while len(held) >= _PREFIX:
            size = int.from_bytes(held[1:_PREFIX], "big")
            if ended or size > MOST or bytes(held[:1]) not in (HEADER, TABLE, DATA, END):
                raise NoBackup("the backup holds what this program does not know")
            if len(held) < _PREFIX + size:
                break
            kind, content = bytes(held[:1]), bytes(held[_PREFIX : _PREFIX + size])
            del held[: _PREFIX + size]
            ended = kind == END
            yield kind, content
    if not ended or held:
        raise NoBackup("the backup's end is missing")
