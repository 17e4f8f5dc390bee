"""Bytes to text, whatever they claim to be: valid UTF-8 wins over the label, cp1252 is the last resort.

Nothing is ever dropped: what cannot be read becomes a replacement mark, so that a reader sees that it is missing.
"""

import codecs
import re

from channels.email.mime.guessing import escaped, guessed

REPLACEMENT = "\ufffd"

# Labels seen in real mail that Python does not know, or that name too small a set (the superset reads more).
_ALIASES = {
    "ansi": "cp1252",
    "ansi_x3.110-1983": "cp1252",
    "big5": "cp950",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "latin1": "cp1252",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "cp1125": "cp866",
    "win-1250": "cp1250",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-big5": "cp950",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-greek": "mac-greek",
    "x-mac-turkish": "mac-turkish",
    "x-mac-ce": "mac-latin2",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
    "x-windows-949": "cp949",
}
# Text in these is (or may be) pure ASCII bytes or full of NUL: "valid UTF-8" says nothing about it.
_STATEFUL = re.compile(r"(?:iso-?2022|utf-?7|unicode-1-1-utf-7|hz|utf-?16|utf-?32|ucs-?2)", re.IGNORECASE)
# These are slow (quadratic) or turn mail into something else; no mail program writes them.
_NOT_FOR_MAIL = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# Controls say nothing to a reader and much to a terminal; tabs and line ends are text, and three more end a line.
_FORBIDDEN = re.compile("[\ud800-\udfff\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ENDS_A_LINE = re.compile("[\x0b\x0c\x85]")
_LABEL_LIMIT = 40


def decode(data: bytes, declared: str | None = None, *, guess: bool = False) -> str:
    """Read text bytes; never raises, never drops a letter.

    The order is: stateful sets as declared, escape sequences, valid UTF-8, the declared set or its superset, with `guess`
    what the bytes themselves look like, cp1252.
    """
    return clean(_decode(data, _known(declared), guess=guess))


def clean(text: str) -> str:
    """Remove what is no text, and what PostgreSQL and UTF-8 cannot hold: NUL goes, the rest becomes replacement marks."""
    return _FORBIDDEN.sub(REPLACEMENT, _ENDS_A_LINE.sub("\n", text.replace("\0", "")))


def _decode(data: bytes, declared: str | None, *, guess: bool) -> str:
    stateful = declared if declared and _STATEFUL.match(declared) else escaped(data)
    if stateful:
        text = _strict(data, stateful) or _iso_2022_jp(data, stateful)
        if text is not None:
            return text.removeprefix("\ufeff")
    text = _strict(data, "utf-8-sig")
    if text is not None:
        return text
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if declared and declared != "utf-8":
        text = _strict(data, declared) or _mostly(data, declared)
        if text is not None:
            return text
    text = _mostly(data, "utf-8")
    if text is None and guess:
        text = _guessed(data)
    return text if text is not None else _western(data)


def _guessed(data: bytes) -> str | None:
    found = _known(guessed(data))
    return None if found is None else _strict(data, found) or _mostly(data, found)


def _known(declared: str | None) -> str | None:
    if not declared:
        return None
    label = declared.strip().strip("\"'").lower()[:_LABEL_LIMIT]
    label = _ALIASES.get(label, label)
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return None
    return None if name.replace("-", "_") in _NOT_FOR_MAIL else _ALIASES.get(name, name)


def _strict(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeError, LookupError):  # LookupError: "base64" and the like are codecs, but not for text
        return None


def _iso_2022_jp(data: bytes, declared: str) -> str | None:
    # Japanese mailers write the larger sets under the small label: half-width kana, circled digits.
    if not declared.startswith("iso2022"):
        return None
    for larger in ("iso2022_jp_2004", "iso2022_jp_ext"):
        text = _strict(data, larger)
        if text is not None:
            return text
    return None if any(byte >= 0x80 for byte in data) else data.decode("iso2022_jp_ext", "replace")


def _mostly(data: bytes, charset: str) -> str | None:
    """Read text that is sound but for a few damaged letters, rather than take the whole for another set."""
    try:
        text = data.decode(charset, "replace")
    except LookupError:
        return None
    marks = text.count(REPLACEMENT)
    foreign = sum(1 for letter in text if letter > "\x7f") - marks
    return text if marks * 3 <= foreign else None


def _western(data: bytes) -> str:
    # cp1252 leaves five bytes undefined; there latin-1's control characters would be invisible, a mark is not.
    return data.decode("cp1252", "replace")
