"""The properties within Outlook's wrapper (MS-OXTNEF 2.1.3.4): names, and values of many kinds, cut along their lengths."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from channels.email.mime import charsets

STEPS: Final = 20_000
"""Attributes, properties and values of one wrapper: some hundred in honest ones."""

STRING8: Final = 0x001E
UNICODE: Final = 0x001F
OBJECT: Final = 0x000D
BINARY: Final = 0x0102
_MANY: Final = 0x1000
_CUT_TO_LENGTH: Final = frozenset({STRING8, UNICODE, OBJECT, BINARY})
_SIZES: Final = {
    0x0001: 0,  # null
    0x0002: 4,  # a short, filled up
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,  # yes or no, filled up
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_NAMED: Final = 0x8000
_BY_WORD: Final = 1
_CODE_PAGES: Final = {
    65001: "utf-8",
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    50220: "iso-2022-jp",
}


class Short(Exception):
    """A length claims more than there is, or a kind of value is unknown: where the next one begins nobody can say."""


@dataclass(slots=True)
class Budget:
    """How much of one wrapper is still looked at, over all that is within it."""

    steps: int = STEPS

    def spend(self) -> bool:
        """Take one step; False when there were too many."""
        self.steps -= 1
        return self.steps >= 0


@dataclass(frozen=True, slots=True)
class Property:
    """One value. A property with several is as many of these."""

    name: int
    kind: int
    value: memoryview = field(repr=False)

    def text(self, charset: str) -> str:
        """The words of a string, whichever kind; of anything else none."""
        if self.kind == UNICODE:
            words = bytes(self.value).decode("utf-16-le", "replace")
            return charsets.clean(words.partition("\0")[0])
        if self.kind == STRING8:
            return text_of(self.value, charset)
        return ""

    def octets(self) -> bytes:
        """The bytes of a binary value, an object or a string."""
        return bytes(self.value) if self.kind in _CUT_TO_LENGTH else b""

    def number(self) -> int:
        """A number."""
        return int.from_bytes(self.value[:4], "little")


def text_of(value: memoryview, charset: str) -> str:
    """The words of a string that ends at its first zero."""
    return charsets.decode(bytes(value).partition(b"\0")[0], charset)


def code_page(number: int) -> str:
    """The name of a Windows code page, as far as it is one of text."""
    if 28591 <= number <= 28606:
        return f"iso-8859-{number - 28590}"
    return _CODE_PAGES.get(number, f"cp{number}")


def read_properties(view: memoryview, budget: Budget) -> Iterator[Property]:
    """Yield the values one by one. Raises Short, after what could be read."""
    cursor = _Cursor(view)
    for _ in range(cursor.number(4)):
        kind, name = cursor.number(2), cursor.number(2)
        if name >= _NAMED:
            cursor.skip_name()
        several = bool(kind & _MANY)
        kind &= ~_MANY
        count = cursor.number(4) if several or kind in _CUT_TO_LENGTH else 1
        for _ in range(count):
            if not budget.spend():
                raise Short
            yield Property(name, kind, cursor.value(kind))


class _Cursor:
    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._place = 0

    def take(self, size: int) -> memoryview:
        end = self._place + size
        if end > len(self._view):
            raise Short
        taken, self._place = self._view[self._place : end], end
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def value(self, kind: int) -> memoryview:
        if kind in _CUT_TO_LENGTH:
            return self._to_length()
        if kind not in _SIZES:
            raise Short
        return self.take(_SIZES[kind])

    def skip_name(self) -> None:
        self.take(16)
        if self.number(4) == _BY_WORD:
            self._to_length()
        else:
            self.take(4)

    def _to_length(self) -> memoryview:
        size = self.number(4)
        taken = self.take(size)
        self._place = min(self._place + -size % 4, len(self._view))  # the last one is not always filled up
        return taken
