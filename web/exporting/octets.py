"""Files a slice at a time, in base64 or as they are: a large one in one go would hold up whoever is in session."""

from base64 import b64encode, encodebytes
from collections.abc import Iterator
from typing import Final

SLICE: Final = 57 * 3 * 1024
"""Octets at a time: whole groups of three, and whole lines of 76 signs (RFC 2045, 6.8): slices join without a seam."""


def sliced(content: bytes) -> Iterator[bytes]:
    """As they are."""
    for begin in range(0, len(content), SLICE):
        yield content[begin : begin + SLICE]


def as_base64(content: bytes) -> Iterator[bytes]:
    """In one line."""
    yield from map(b64encode, sliced(content))


def as_lines(content: bytes) -> Iterator[bytes]:
    """In lines of 76 signs."""
    yield from map(encodebytes, sliced(content))
