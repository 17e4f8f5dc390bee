"""Sealed and signed S/MIME (RFC 8551): which of the two a part is, and the letter within a signature.

Only the wrapping is undone, by walking the lengths of its encoding (BER, X.690); no signature is checked here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

STEPS: Final = 200_000
"""Elements looked at: the words of 30 MB come in some thousand pieces."""
WITHIN: Final = 16

_OBJECT_ID: Final = 0x06
_OCTETS: Final = 0x04
_OCTETS_IN_PIECES: Final = 0x24
_SEQUENCE: Final = 0x30
_FIRST: Final = 0xA0
_END: Final = b"\0\0"


class Kind(StrEnum):
    """What a part is (RFC 5652, RFC 3274)."""

    SIGNED = "signed-data"
    SEALED = "enveloped-data"
    PACKED = "compressed-data"


_KINDS: Final = {
    bytes.fromhex("2a864886f70d010702"): Kind.SIGNED,
    bytes.fromhex("2a864886f70d010703"): Kind.SEALED,
    bytes.fromhex("2a864886f70d0109100109"): Kind.PACKED,
    bytes.fromhex("2a864886f70d0109100117"): Kind.SEALED,  # and authenticated
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found. `content`: the letter within a signature, if there is one."""

    kind: Kind | None
    content: bytes | None = field(default=None, repr=False)


class _Broken(Exception):
    """A length that claims too much, or a shape that is none of ours."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    end: int


def open_smime(raw: bytes) -> Opened:
    """Look into a part. Never raises; what cannot be read has no kind."""
    walk = _Walk(raw)
    kind = None
    try:
        outer = walk.expect(_Element(_SEQUENCE, 0, len(raw)), _SEQUENCE)
        name, content = walk.pair(outer)
        kind = _KINDS.get(raw[name.start : name.end])
        if kind is not Kind.SIGNED or content is None:
            return Opened(kind)
        return Opened(kind, walk.signed_content(walk.expect(content, _SEQUENCE)))
    except _Broken:
        return Opened(kind)


class _Walk:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._steps = STEPS

    def signed_content(self, signed: _Element) -> bytes | None:
        """Of version, algorithms, content, ... the third (RFC 5652 5.1)."""
        inner = [one for one, _ in zip(self.children(signed), range(3), strict=False)]
        if len(inner) < 3:
            return None
        _, content = self.pair(inner[2])
        if content is None:
            return None
        return b"".join(self._octets(next(self.children(content), None), WITHIN))

    def pair(self, element: _Element) -> tuple[_Element, _Element | None]:
        """A name and what it names."""
        inner = self.children(element)
        name = next(inner, None)
        if name is None or name.tag != _OBJECT_ID:
            raise _Broken
        content = next(inner, None)
        return name, content if content and content.tag == _FIRST else None

    def expect(self, element: _Element, tag: int) -> _Element:
        """The first element within."""
        first = next(self.children(element), None)
        if first is None or first.tag != tag:
            raise _Broken
        return first

    def children(self, element: _Element) -> Iterator[_Element]:
        """The elements within, one after the other."""
        place = element.start
        while place < element.end and self._raw[place : place + 2] != _END:
            one, place = self._read(place, element.end, WITHIN)
            yield one

    def _octets(self, element: _Element | None, within: int) -> Iterator[bytes]:
        if element is None or element.tag not in (_OCTETS, _OCTETS_IN_PIECES) or not within:
            raise _Broken
        if element.tag == _OCTETS:
            yield self._raw[element.start : element.end]
            return
        for one in self.children(element):
            yield from self._octets(one, within - 1)

    def _read(self, place: int, end: int, within: int) -> tuple[_Element, int]:
        """The element at a place and where the next begins. Without a length it ends where its elements do."""
        self._steps -= 1
        if place + 2 > end or not within or self._steps < 0:
            raise _Broken
        tag, first = self._raw[place], self._raw[place + 1]
        start = place + 2
        if tag & 0x1F == 0x1F:  # long tags are not used here
            raise _Broken
        if first == 0x80:
            return self._open_ended(tag, start, end, within)
        if first > 0x80:
            octets = first & 0x7F
            first = int.from_bytes(self._raw[start : start + octets], "big") if octets <= 8 else end
            start += octets
        if start + first > end:
            raise _Broken
        return _Element(tag, start, start + first), start + first

    def _open_ended(self, tag: int, start: int, end: int, within: int) -> tuple[_Element, int]:
        place = start
        while self._raw[place : place + 2] != _END:
            _, place = self._read(place, end, within - 1)
        return _Element(tag, start, place), place + 2
