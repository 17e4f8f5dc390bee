"""Outlook's wrapper, winmail.dat (TNEF, MS-OXTNEF): its words and its files, from any bytes, in bounded time.

Our own: what is needed is two loops over lengths, each checked against what is there. A length that claims more than
that ends the reading; what came before it stands.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from channels.email.mime.tnef_properties import (
    OBJECT,
    UNICODE,
    Budget,
    Property,
    Short,
    code_page,
    read_properties,
    text_of,
)

SIGNATURE: Final = 0x223E9F78
WITHIN: Final = 4
"""Messages within messages within ...: each level is looked at again, so their number is bounded."""
FILE_LIMIT: Final = 100

_INTERFACE: Final = 16
"""An object begins with the name of what it is."""
_MESSAGE_WITHIN: Final = bytes.fromhex("0703020000000000c000000000000046")


class _Attribute(IntEnum):
    """What a wrapper says (MS-OXTNEF 2.1.3.2), with the kind of value in the upper half."""

    CODE_PAGE = 0x00069007
    SUBJECT = 0x00018004
    BODY = 0x0002800C
    PROPERTIES = 0x00069003
    FILE_BEGINS = 0x00069002
    FILE_NAME = 0x00018010
    FILE_CONTENT = 0x0006800F
    FILE_PROPERTIES = 0x00069005


class _Name(IntEnum):
    """Names of properties (MS-OXPROPS)."""

    SUBJECT = 0x0037
    BODY = 0x1000
    RICH = 0x1009
    HTML = 0x1013
    HTML_CODE_PAGE = 0x3FDE
    CONTENT = 0x3701
    SHORT_NAME = 0x3704
    LONG_NAME = 0x3707
    TYPE = 0x370E
    CONTENT_ID = 0x3712


@dataclass(slots=True)
class WrappedFile:
    """A file within a wrapper. Its name and type are as they came: not to be trusted, or not there."""

    name: str = field(default="", repr=False)
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)
    content_id: str = field(default="", repr=False)
    message: "Wrapped | None" = None
    """It is a message, with words and files of its own."""


@dataclass(slots=True)
class Wrapped:
    """What a wrapper holds. `rich`: words in Outlook's rich text. `damaged`: there is more, and it cannot be read."""

    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    html: bytes = field(default=b"", repr=False)
    html_charset: str = ""
    rich: bytes = field(default=b"", repr=False)
    files: list[WrappedFile] = field(default_factory=list)  # bound: FILE_LIMIT
    damaged: bool = False


def read_tnef(raw: bytes) -> Wrapped | None:
    """Read a wrapper; None when it is none. Never raises."""
    return _read(memoryview(raw), WITHIN, Budget())


def _read(view: memoryview, within: int, budget: Budget) -> Wrapped | None:
    if len(view) < 6 or int.from_bytes(view[:4], "little") != SIGNATURE:
        return None
    reading = _Reading(within, budget)
    place = 6
    while place < len(view):
        size = int.from_bytes(view[place + 5 : place + 9], "little")
        if place + 9 + size > len(view) or view[place] not in (1, 2) or not budget.spend():
            # Some programs end the wrapper with a line end or zeros: that is no damage.
            reading.wrapped.damaged |= bool(bytes(view[place : place + 64]).strip(b" \r\n\0"))
            break
        reading.take(
            int.from_bytes(view[place + 1 : place + 5], "little"), view[place + 9 : place + 9 + size]
        )
        place += 9 + size + 2  # a checksum follows, which many programs get wrong
    return reading.wrapped


class _Reading:
    """One wrapper while it is read: what is said of a file is said of the one that was begun last."""

    def __init__(self, within: int, budget: Budget) -> None:
        self.wrapped = Wrapped()
        self._file = WrappedFile()
        self._within = within
        self._budget = budget
        self._charset = "cp1252"

    def take(self, attribute: int, value: memoryview) -> None:
        wrapped = self.wrapped
        match attribute:
            case _Attribute.CODE_PAGE:
                self._charset = code_page(int.from_bytes(value[:4], "little"))
            case _Attribute.SUBJECT:
                wrapped.subject = wrapped.subject or text_of(value, self._charset)
            case _Attribute.BODY:
                wrapped.text = wrapped.text or text_of(value, self._charset)
            case _Attribute.FILE_BEGINS:
                self._begin()
            case _Attribute.FILE_NAME:
                self._begun().name = self._file.name or text_of(value, self._charset)
            case _Attribute.FILE_CONTENT:
                self._begun().content = bytes(value)
            case _Attribute.PROPERTIES:
                self._properties(value, of_file=False)
            case _Attribute.FILE_PROPERTIES:
                self._properties(value, of_file=True)
            case _:
                pass  # dates, icons, priorities

    def _begin(self) -> None:
        self._file = WrappedFile()
        if len(self.wrapped.files) < FILE_LIMIT:
            self.wrapped.files.append(self._file)
        else:
            self.wrapped.damaged = True

    def _begun(self) -> WrappedFile:
        if not self.wrapped.files:
            self._begin()
        return self._file

    def _properties(self, value: memoryview, *, of_file: bool) -> None:
        try:
            for one in read_properties(value, self._budget):
                if of_file:
                    self._of_file(self._begun(), one)
                else:
                    self._of_message(one)
        except Short:
            self.wrapped.damaged = True

    def _of_message(self, one: Property) -> None:
        wrapped = self.wrapped
        match one.name:
            case _Name.SUBJECT:
                wrapped.subject = one.text(self._charset) or wrapped.subject
            case _Name.BODY:
                wrapped.text = one.text(self._charset) or wrapped.text
            case _Name.RICH:
                wrapped.rich = one.octets()
            case _Name.HTML:
                wide = one.kind == UNICODE
                wrapped.html = one.text(self._charset).encode() if wide else one.octets().rstrip(b"\0")
            case _Name.HTML_CODE_PAGE:
                wrapped.html_charset = code_page(one.number())
            case _:
                pass

    def _of_file(self, file: WrappedFile, one: Property) -> None:
        match one.name:
            case _Name.LONG_NAME:
                file.name = one.text(self._charset) or file.name
            case _Name.SHORT_NAME:
                file.name = file.name or one.text(self._charset)
            case _Name.TYPE:
                file.content_type = one.text(self._charset)
            case _Name.CONTENT_ID:
                file.content_id = one.text(self._charset).strip("<> ")
            case _Name.CONTENT if one.kind == OBJECT:
                self._object(file, one)
            case _Name.CONTENT:
                file.content = one.octets()
            case _:
                pass

    def _object(self, file: WrappedFile, one: Property) -> None:
        """A message within, or something of another program's, kept as it is."""
        if one.value[:_INTERFACE] == _MESSAGE_WITHIN and self._within:
            file.message = _read(one.value[_INTERFACE:], self._within - 1, self._budget)
        file.content = bytes(one.value[_INTERFACE:])
