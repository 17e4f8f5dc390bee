"""What a file is called and what it is, said by whoever brings it: made safe to show, to save and to hand on."""

import re
import unicodedata
from typing import Final

NAME_LIMIT: Final = 120
ANYTHING: Final = "application/octet-stream"

# Direction marks let "exe.txt" read as "txt.exe"; the rest are reserved on one system or another.
_UNSAFE: Final = re.compile(
    '[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>:"|?*]'
)
_BLANKS: Final = re.compile(r"\s+")
_BEGINNINGS: Final = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF....WEBP", re.S), "image/webp"),
    (re.compile(rb"....ftyp(?:heic|heix|heim|heis|mif1|msf1|hevc|hevx)", re.S), "image/heic"),
    (re.compile(rb"....ftypavif", re.S), "image/avif"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)


def safe_name(name: str) -> str:
    """A file name that has no path, no control or direction marks and a bounded length; may be empty."""
    if len(name) > 10 * NAME_LIMIT:  # the ending stays: it says what the file is
        name = name[: 9 * NAME_LIMIT] + name[-NAME_LIMIT:]
    name = unicodedata.normalize("NFC", name)
    name = _BLANKS.sub(" ", _UNSAFE.sub("_", _without_path(name))).strip(" .")
    if len(name) <= NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"


def _without_path(name: str) -> str:
    return name[max(name.rfind("/"), name.rfind("\\")) + 1 :]


def type_of(beginning: bytes, said: str) -> str:
    """By what its first octets are. What they do not tell is plain text where that is said, else only octets."""
    for known, kind in _BEGINNINGS:
        if known.match(beginning):
            return kind
    return "text/plain" if said.partition(";")[0].strip().lower() == "text/plain" else ANYTHING
