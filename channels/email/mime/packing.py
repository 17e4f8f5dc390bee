"""Transfer encodings undone (RFC 2045 section 6), as far as they can be: nothing that was written is lost in it.

Gateways, lists and banner programs put lines in the clear before, behind or around packed ones without a look at the
label. Then the packed lines are unpacked, the clear ones stay as they are, and nothing is taken for packed that does not
unpack to words.
"""

import binascii
import re
from collections.abc import Iterator
from typing import Final

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64: Final = bytes(set(range(256)) - set(_ALPHABET))
_BLANKS: Final = b" \t\r\n"
_PADDING: Final = re.compile(rb"=+")
_BETWEEN: Final = re.compile(rb"[A-Za-z0-9+/=][ \t]+[A-Za-z0-9+/=]")
"""Blanks within a line: no program packs so, people write so."""
_CLEAR_LINE: Final = re.compile(rb"^[^A-Za-z0-9+/=\s]+[ \t]*\r?$", re.MULTILINE)
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)
_RUN: Final = re.compile(rb"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{2,}={0,2}(?![A-Za-z0-9+/=])")
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
FEW: Final = 50
"""Letters to each foreign one in what is damaged; words in the clear have more of these."""
MIXED_LIMIT: Final = 4 * 1024 * 1024
"""Octets of a text in which packed lines are looked for among clear ones; no letter is as long."""
LONG: Final = 60
"""Letters in one line by which a run is known as packed where it unpacks to words, in whatever character set."""
SHORT: Final = 8
"""Fewer, without the sign that fills up, may be a word."""

AROUND: Final = "Somebody on the way wrote around a packed part; both are shown."
DAMAGED: Final = "A packed part was damaged on the way."
NOT_PACKED: Final = "A part was labelled as packed but was not, and is shown as it came."


def unpack(body: bytes, encoding: str, *, words: bool) -> tuple[bytes, str]:
    """Undo a transfer encoding; what is wrong with it is the second value. `words`: the part is text."""
    match encoding.partition(";")[0].strip().lower():
        case "base64":
            return _base64(body, words=words)
        case "quoted-printable":
            return binascii.a2b_qp(body), ""
        case "x-uuencode" | "x-uue" | "uuencode":
            return _uuencoded(body)
        case "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit":
            return body, ""
        case _:
            return body, "A part was packed in a way unknown to us and is shown as it came."


def _base64(body: bytes, *, words: bool) -> tuple[bytes, str]:
    letters = body.translate(None, _NOT_BASE64)
    foreign = len(body.translate(None, _BLANKS)) - len(letters)
    whole = b"".join(map(_unpadded, _PADDING.split(letters)))  # some programs join several encodings
    if words and len(body) <= MIXED_LIMIT and not _is_packed(body, letters, whole, foreign):
        mixed = _mixed(body)
        if mixed is not None and (foreign or _BETWEEN.search(body) or _is_text(mixed)):
            return mixed, AROUND
        if (len(letters) < SHORT and b"=" not in letters) or (not _reads(whole) and _BETWEEN.search(body)):
            return body, NOT_PACKED
    if foreign * 10 > len(letters):  # labelled base64, but it is plain text
        return body, NOT_PACKED
    return whole, DAMAGED if foreign else ""


def _is_packed(body: bytes, letters: bytes, whole: bytes, foreign: int) -> bool:
    """Whether a text is packed as a whole: it unpacks to words, and what is foreign in it is damage and no words."""
    apart = _BETWEEN.search(body) is not None
    if not _reads(whole) or foreign * FEW > len(letters) or not body.isascii():
        return False
    if apart and len(letters) < LONG:
        return False
    return _is_text(whole) and not _CLEAR_LINE.search(body)


def _unpadded(letters: bytes) -> bytes:
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _mixed(body: bytes) -> bytes | None:
    """The clear lines as they are and the packed ones unpacked; None where nothing is both packed and words."""
    pieces, place = list[bytes](), 0
    for start, end in _runs(body):
        unpacked = _words(body[start:end])
        if unpacked is not None:
            pieces += [body[place:start], unpacked]
            place = end
    return b"".join([*pieces, body[place:]]) if pieces else None


def _runs(body: bytes) -> Iterator[tuple[int, int]]:
    """From where to where letters of the alphabet stand as a program packs them: lines as long as the first, but the last.

    A run may begin behind clear words of its first line and end before those of its last one.
    """
    start, end, width = -1, -1, 0
    for match in _RUN.finditer(body):
        size = match.end() - match.start()
        follows = start >= 0 and width > 0 and size <= width and _one_line_end(body[end : match.start()])
        if not follows:
            if start >= 0:
                yield start, end
            start, width = match.start(), size
        end = match.end()
        if size < width or match[0].endswith(b"="):
            width = 0  # the last line of its run
    if start >= 0:
        yield start, end


def _one_line_end(between: bytes) -> bool:
    return len(between) < 80 and not between.strip(_BLANKS) and between.count(b"\n") == 1


def _words(run: bytes) -> bytes | None:
    """What a run says, or None where it is no packed text but a word, a number or an address in the clear."""
    letters = b"".join(run.split())
    data = _unpadded(letters.rstrip(b"="))
    if len(letters) < SHORT and not letters.endswith(b"="):
        return None
    if _is_text(data) and (len(letters) % 4 == 0 or len(letters) >= LONG):
        return data
    return data if len(letters) >= LONG and _reads(data) else None


def _reads(data: bytes) -> bool:
    return not any(byte in _CONTROLS for byte in set(data))


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return _reads(data)


def _uuencoded(body: bytes) -> tuple[bytes, str]:
    begin = _UU_BEGIN.search(body)
    decoded: list[bytes] = []
    for line in body[begin.end() if begin else 0 :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            return body, "A packed part was damaged on the way and is shown as it came."
    return b"".join(decoded), ""
