"""Words in Outlook's rich text, where a letter has no others: unfolded (MS-OXRTFCP) and read as plain lines (RTF 1.9.1).

Our own: two loops over what is there. The libraries for it search with patterns that a made-up letter holds up for minutes.
Text that Outlook made from a page is within it as ordinary text, the page's tags in groups that are passed over.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from channels.email.mime import charsets
from channels.email.mime.tnef_properties import code_page

LIMIT: Final = 512 * 1024
"""Octets of rich text that are read, some fifty pages with their formatting: two seconds' work at most."""
DEPTH: Final = 1000
"""Groups within each other that are told apart."""
_HEAD: Final = 16
_WINDOW: Final = 4096
_KNOWN: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What every folded text begins with, without saying it (MS-OXRTFCP 2.1.2.1)."""

_TOKEN: Final = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?[0-9]{1,9})? ?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_LINES: Final = frozenset({b"par", b"line", b"sect", b"page", b"row"})
_SIGNS: Final = {
    b"tab": "\t",
    b"cell": " ",
    b"emdash": "\u2014",
    b"endash": "\u2013",
    b"bullet": "\u2022",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
}
# Groups that hold fonts, colours, pictures: nothing anybody wrote. Any other that is marked with \* is passed over, too.
_UNREAD: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object fldinst listtable generator themedata".split()
)
_SETS: Final = {
    128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""The character sets of fonts (RTF 1.9.1, `\\fcharset`), where they are not the text's own."""


def rich_words(folded: bytes) -> tuple[str, bool]:
    """The words of a folded rich text, as far as it is one, and whether there were more. Never raises."""
    rich = unfold(folded)
    return _Reading().read(rich[:LIMIT]), len(rich) >= LIMIT


def unfold(folded: bytes) -> bytes:
    """Undo the folding (MS-OXRTFCP 2.2): letters, and references into the last 4096 of them. Nothing for what is none."""
    kind = folded[8:12]
    if kind == b"MELA":
        return folded[_HEAD : _HEAD + LIMIT]
    if kind != b"LZFu":
        return b""
    made, place = bytearray(_KNOWN), _HEAD
    while place < len(folded) and len(made) < LIMIT:
        flags, place = folded[place], place + 1
        for bit in range(8):
            if not flags >> bit & 1:
                made += folded[place : place + 1]
                place += 1
                continue
            reference = int.from_bytes(folded[place : place + 2])
            place += 2
            back = (len(made) - (reference >> 4)) % _WINDOW
            if back == 0 or place > len(folded):
                return bytes(made[len(_KNOWN) :])
            _repeat(made, back, (reference & 15) + 2)
    return bytes(made[len(_KNOWN) :])


def _repeat(made: bytearray, back: int, count: int) -> None:
    """What was said `back` letters ago, once more; the window begins as blanks."""
    for _ in range(count):
        made.append(made[-back] if back <= len(made) else 0x20)


@dataclass(slots=True)
class _Group:
    unread: bool = False
    font: int = -1
    skip: int = 1
    """Letters that stand behind a Unicode one for programs that know none (`\\uc`)."""


@dataclass(slots=True)
class _Reading:
    text: list[str] = field(default_factory=list)  # bound: LIMIT
    octets: bytearray = field(default_factory=bytearray)  # bound: LIMIT; of one character set
    charset: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)  # bound: LIMIT
    group: _Group = field(default_factory=_Group)
    stack: list[_Group] = field(default_factory=list)  # bound: DEPTH
    deeper: int = 0
    in_fonts: bool = False
    passed: int = 0
    """Letters still to be passed over, behind a Unicode one."""
    starred: bool = False

    def read(self, rich: bytes) -> str:
        if not rich.lstrip().startswith(b"{\\rtf"):
            return ""
        place = 0
        while match := _TOKEN.match(rich, place):
            place = match.end()
            octet, word, number, sign, brace, run = match.groups()
            if brace:
                self._brace(brace)
            elif octet:
                self._add(bytes((int(octet, 16),)))
            elif word == b"bin":  # as many octets of a picture, which may look like anything
                place += max(int(number or 0), 0)
            elif word:
                self._word(word, int(number) if number else None)
            elif sign:
                self._sign(sign)
            elif run:
                self._add(run)
        self._flush()
        return charsets.clean("".join(self.text)).strip("\n")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self.passed, self.starred = 0, False
        if brace == b"{" and len(self.stack) < DEPTH:
            self.stack.append(self.group)
            self.group = _Group(self.group.unread, self.group.font, self.group.skip)
        elif brace == b"{":
            self.deeper += 1
        elif self.deeper:
            self.deeper -= 1
        elif self.stack:
            self.group = self.stack.pop()
            self.in_fonts = self.in_fonts and self.group.unread

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self.starred = self.starred, False
        if starred or word in _UNREAD:
            self.group.unread = True
            self.in_fonts = self.in_fonts or word == b"fonttbl"
        match word:
            case b"f":
                self._flush()
                self.group.font = number or 0
            case b"fcharset" if self.in_fonts and number in _SETS:
                self.fonts[self.group.font] = _SETS[number]
            case b"ansicpg" if number:
                self.charset = code_page(number)
            case b"uc":
                self.group.skip = min(max(number or 0, 0), 10)
            case b"u" if number is not None:
                self._unicode(number)
            case b"plain":
                self._flush()
                self.group.font = -1
            case _ if word in _LINES:
                self._say("\n")
            case _ if word in _SIGNS:
                self._say(_SIGNS[word])
            case _:
                pass  # how it looks

    def _unicode(self, number: int) -> None:
        """One UTF-16 unit; the second half of a letter finds the first one before it."""
        self._flush()
        unit = chr(number % 0x10000)
        if not self.group.unread:
            if "\udc00" <= unit <= "\udfff" and self.text and "\ud800" <= self.text[-1] <= "\udbff":
                halves = (self.text.pop() + unit).encode("utf-16-le", "surrogatepass")
                unit = halves.decode("utf-16-le")
            self.text.append(unit)
        self.passed = self.group.skip

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign == b"~":
            self._say(" ")
        elif sign in b"{}\\":
            self._add(sign)
        elif sign in b"\r\n":
            self._say("\n")
        elif sign == b"_":
            self._add(b"-")

    def _say(self, text: str) -> None:
        self._flush()
        self.passed = 0
        if not self.group.unread:
            self.text.append(text)

    def _add(self, octets: bytes) -> None:
        self.starred = False
        passed = min(self.passed, len(octets))
        self.passed -= passed
        if not self.group.unread:
            self.octets += octets[passed:]

    def _flush(self) -> None:
        if self.octets:
            self.text.append(
                charsets.decode(bytes(self.octets), self.fonts.get(self.group.font, self.charset))
            )
            self.octets.clear()
