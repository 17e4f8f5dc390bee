"""In what character set is this, when nobody says so? The page itself, escape sequences, and at last a detector.

The detector (chardet) is asked about a bounded piece, and only where the bytes cannot be Western European: in short
letters statistics would take "Größe" for Cyrillic sooner or later, and cp1252 loses no letter of it.
"""

import re
from typing import Final

PAGE_WITHIN: Final = 4096
"""Octets of a page in which it says its character set: browsers look at 1024, Word writes more before it."""
SAMPLE: Final = 1024
"""Octets with foreign letters that the detector sees; it takes some milliseconds for them, whatever they are."""
SURE: Final = 0.04
"""The detector's own measure: one Cyrillic word has 0.06 and more, capitals with accents less."""

_META: Final = re.compile(
    rb"""<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:.+-]{2,40})""", re.IGNORECASE
)
_XML: Final = re.compile(
    rb"""\A\s{0,9}<\?xml\s[^>]{0,100}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9_:.+-]{2,40})""", re.IGNORECASE
)
_WIDE: Final = re.compile(r"utf-?(?:7|16|32)|ucs|unicode-1-1", re.IGNORECASE)
_JAPANESE: Final = re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])|\x1b\(I")
_KOREAN: Final = re.compile(rb"\x1b\$\)C")
# Two letters beyond ASCII make up a whole word, or three stand together: in Western Europe neither is common.
_FOREIGN: Final = re.compile(rb"[\x80-\xff]{3}|(?<![A-Za-z\x80-\xff])[\x80-\xff]{2}(?![A-Za-z\x80-\xff])")
_NOT_WESTERN: Final = (
    *("windows-1251", "koi8-r", "koi8-u", "ibm866", "iso-8859-5", "mac-cyrillic"),
    *("windows-1253", "iso-8859-7", "windows-1255", "windows-1256", "tis-620"),
    *("shift_jis", "euc-jp", "gb18030", "big5", "cp949"),
)
_ASCII_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SEVEN_BITS: Final = bytes(range(128))


def page_charset(page: bytes) -> str | None:
    """The character set that a page gives itself (HTML 13.2.3.2); None where it gives none, or one it cannot be in."""
    found = _META.search(page[:PAGE_WITHIN]) or _XML.search(page[:PAGE_WITHIN])
    label = found[1].decode("ascii") if found else None
    return (
        None if label is None or _WIDE.match(label) else label
    )  # then its very "<meta" would not be readable


def escaped(data: bytes) -> str | None:
    """The set that escape sequences switch to (RFC 1468, RFC 1557). They stand in no other text."""
    if b"\x1b" not in data or not data.isascii():
        return None
    if _JAPANESE.search(data):
        return "iso2022_jp"
    return "iso2022_kr" if _KOREAN.search(data) else None


def guessed(data: bytes) -> str | None:
    """The most likely set of bytes that are neither UTF-8 nor labelled; None where they are best read as Western."""
    sample = _sample(data)
    foreign = len(sample.translate(None, _SEVEN_BITS))
    plain = sum(map(sample.count, map(_octet, _ASCII_LETTERS)))
    if _FOREIGN.search(sample) is None or foreign * 2 < plain:
        return None
    import chardet  # noqa: PLC0415 - tables of some MB, which hardly any letter needs

    answer = chardet.detect(sample, include_encodings=(*_NOT_WESTERN, "windows-1252"), max_bytes=SAMPLE)
    found = (answer["encoding"] or "").lower()
    return found if answer["confidence"] >= SURE and found != "windows-1252" else None


def _sample(data: bytes) -> bytes:
    """The first lines that hold anything beyond ASCII."""
    found, size = list[bytes](), 0
    for line in data[: 64 * SAMPLE].splitlines(keepends=True):
        if not line.isascii():
            found.append(line[: SAMPLE - size])
            size += len(found[-1])
            if size >= SAMPLE:
                break
    return b"".join(found)


def _octet(number: int) -> bytes:
    return bytes((number,))
