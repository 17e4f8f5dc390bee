"""Header fields of a letter: split, unfolded, decoded. One reading for routing, judging and showing.

The standard parser is not used here: its policies raise on real letters or take quadratic time, and two
parsers with two opinions on what "From" says are how forged senders get in.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from urllib.parse import unquote_to_bytes

from channels.email.mime import charsets

HEADER_LIMIT = 64 * 1024  # more than any honest letter carries; what is beyond is body nobody reads
FIELD_LIMIT = 8 * 1024  # what the structured readers below are given of one field
FIELD_COUNT_LIMIT = 1000
WORD_COUNT_LIMIT = 500
DATE_LIMIT = 100

_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_MBOX_LINE = re.compile(rb">?From +[^ \t:][^\n]*\n")
_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_FIELD_START = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)", re.DOTALL)
_KNOWN_FIELD = re.compile(
    rb"^(?:from|to|subject|date|message-id|content-type)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bqBQ])\?([^?]*)\?=")
_FOLDED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]{0,1000}[\r\n][^?]{0,2000}\?=")
_FOLDED_OCTET = re.compile(r"=[0-9A-Fa-f]{0,2}[\r\n]")
_BETWEEN_WORDS = re.compile(r"[ \t\r\n]*")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_PARAMETER = re.compile(r"""([^\s=;"]{1,80})[ \t]{0,9}=[ \t]*("(?:[^"\\]|\\.)*(?:"|\Z)|[^;]*)""", re.DOTALL)
_RFC2231 = re.compile(r"(.+?)\*(?:(\d{1,3})(\*?))?\Z")
_THREAD_INDEX = re.compile(
    r"[A-Za-z0-9+/]{28,400}={0,2}"
)  # 22 octets, and 5 for each answer (MS-OXOMSG 2.2.1.3)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field as it stands: the name in lower case, the value raw, folds included."""

    name: str
    raw: bytes = field(repr=False)
    loose: bool = False
    """Blanks stand before its colon: some programs take no notice of it."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a letter or of one of its parts, top to bottom."""

    fields: tuple[Field, ...] = ()
    cut: bool = False
    charset_hint: str | None = None
    damaged: bool = False
    """Lines among the fields are none: programs disagree about what they are."""

    def all(self, name: str) -> list[bytes]:
        """Return the raw values of every field of this name, top to bottom."""
        return [one.raw for one in self.fields if one.name == name]

    def raw(self, name: str) -> bytes:
        """Return the first raw value, or nothing."""
        return next((one.raw for one in self.fields if one.name == name), b"")

    def text(self, name: str) -> str:
        """Return the first value as one readable line (RFC 2047 decoded)."""
        return decode_words(self.unfolded(self.raw(name), guess=True))

    def plain(self, name: str) -> str:
        """Return the first value unfolded, with encoded words still encoded: what structured readers take."""
        return self.unfolded(self.raw(name))

    def unfolded(self, raw: bytes, *, guess: bool = False) -> str:
        """Turn a raw value into one line of text."""
        text = charsets.decode(raw[:HEADER_LIMIT], self.charset_hint, guess=guess)
        return _FOLD.sub(" ", _FOLDED_WORD.sub(_unfolded_word, text)).strip()


def split_letter(raw: bytes) -> tuple[Headers, bytes]:
    """Split a letter or a part into its fields and its body (RFC 5322 section 2.1); takes anything."""
    if b"\n" not in raw[:HEADER_LIMIT]:  # line ends of the last century
        raw = raw.replace(b"\r", b"\n")
    if _MBOX_LINE.match(raw):  # the line mbox files put before every letter
        raw = raw.partition(b"\n")[2]
    end = _BLANK_LINE.search(raw)
    block, body = (raw, b"") if end is None else (raw[: end.start()], raw[end.end() :])
    fields, rest, damaged = _fields(block[:HEADER_LIMIT])
    if rest is not None:  # text began without a blank line before it
        body = raw[rest:]
    elif not fields and block.strip():
        body = raw
    headers = Headers(tuple(fields), cut=len(block) > HEADER_LIMIT or len(fields) >= FIELD_COUNT_LIMIT)
    _, parameters = read_parameters(headers.plain("content-type"))
    return Headers(headers.fields, headers.cut, parameters.get("charset"), damaged), body


def _fields(block: bytes) -> tuple[list[Field], int | None, bool]:
    """Read fields; the second value is where the text begins when the blank line before it is missing, the third whether a
    line was none."""
    found: list[tuple[str, list[bytes], bool]] = []
    lines = _LINES.findall(block)
    place, text_begins, damaged = 0, None, False
    # Damaged lines above fields every letter has are skipped; below them, they are the text itself.
    last_known = max((match.start() for match in _KNOWN_FIELD.finditer(block)), default=-1)
    for line in lines:
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line)
        elif match := _FIELD_START.match(line):
            if len(found) == FIELD_COUNT_LIMIT:
                break
            found.append((match[1].decode("ascii").lower(), [match[2]], match[0][match.end(1) :][:1] != b":"))
        elif found and place > last_known:
            text_begins = place
            break
        else:
            damaged = True
        place += len(line)
    return [Field(name, b"".join(pieces), loose) for name, pieces, loose in found], text_begins, damaged


def decode_words(text: str) -> str:
    """Decode RFC 2047 encoded words in a line; what is none of them stays as it is.

    Neighbouring words of one charset are joined as bytes first, because real mailers cut letters in two.
    """
    pieces: list[str] = []
    pending: list[tuple[str, bytes]] = []
    place = 0
    for number, match in enumerate(_ENCODED_WORD.finditer(text)):
        if number >= WORD_COUNT_LIMIT:
            break
        between = text[place : match.start()]
        if between.strip() or not pending:
            pieces.append(_joined(pending) + between)
            pending = []
        pending.append((match[1].partition("*")[0].lower(), _word_bytes(match[2], match[3])))
        place = match.end()
    return _CONTROL.sub(" ", charsets.clean("".join(pieces) + _joined(pending) + text[place:])).strip()


def _unfolded_word(match: re.Match[str]) -> str:
    """An encoded word that was folded, which RFC 2047 forbids: within it a blank is written `_`, so the fold adds none."""
    word = match[0]
    return _FOLD.sub("", word) if "_" in word or _FOLDED_OCTET.search(word) else word


def encoded_octets(text: str) -> list[bytes]:
    """What the encoded words of a line stand for, before their character sets."""
    return [
        _word_bytes(match[2], match[3]) for match in islice(_ENCODED_WORD.finditer(text), WORD_COUNT_LIMIT)
    ]


def _joined(words: list[tuple[str, bytes]]) -> str:
    text = ""
    same: list[bytes] = []
    for number, (charset, data) in enumerate(words):
        same.append(data)
        if number + 1 == len(words) or words[number + 1][0] != charset:
            text += charsets.decode(b"".join(same), charset)
            same = []
    return text


def _word_bytes(kind: str, payload: str) -> bytes:
    if kind in "qQ":
        return binascii.a2b_qp(payload.encode("utf-8", "replace"), header=True)
    letters = _NOT_BASE64.sub("", payload)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Read `type; name=value ...` with RFC 2231 continuations, RFC 2047 words and whatever else mailers write."""
    value = value[:FIELD_LIMIT]
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(rest):
        name, text = match[1].lower(), _unquoted(match[2])
        long = _RFC2231.match(name)
        if long is None:
            plain.setdefault(name, decode_words(text))
        else:
            coded = bool(long[3]) or long[2] is None
            pieces.setdefault(long[1], {}).setdefault(int(long[2] or 0), (text, coded))
    return main.strip().lower(), plain | {name: _long_value(parts) for name, parts in pieces.items()}


def _unquoted(text: str) -> str:
    text = text.strip()
    if text[:1] != '"':
        return text
    return re.sub(r"\\(.)", r"\1", text[1:].removesuffix('"'), flags=re.DOTALL)


def read_date(text: str) -> datetime | None:
    """Read what a Date field says (RFC 5322 section 3.3), in UTC; a time without a zone is taken for UTC."""
    try:
        date = parsedate_to_datetime(text[:DATE_LIMIT])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None  # the standard reader of dates raises each of these on some letter


def is_thread_index(value: str) -> bool:
    """Say whether this may be handed back to Outlook: one run of base64 and nothing else."""
    return _THREAD_INDEX.fullmatch(value) is not None


def _long_value(parts: dict[int, tuple[str, bool]]) -> str:
    """Join the pieces of an RFC 2231 value; the first coded piece names the charset (section 4)."""
    charset, data = None, b""
    for number in sorted(parts):
        text, coded = parts[number]
        if coded and number == min(parts) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if coded else text.encode("utf-8", "replace")
    return decode_words(charsets.decode(data, charset or None))
