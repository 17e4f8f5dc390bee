"""Names of files that are safe in a folder, and text that is safe where one line is wanted."""

import re
import unicodedata
from typing import Final

from messaging.messages import AttachmentNote

NAME: Final = 200
"""Octets (UTF-8) kept of a file's name in a path: file systems take 255."""
ENDING: Final = 30
HARMLESS: Final = frozenset(
    (
        *("pdf", "txt", "rtf", "md", "csv", "doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp"),
        *("png", "jpg", "jpeg", "gif", "webp", "heic", "heif", "tif", "tiff", "bmp"),
        *("mp3", "m4a", "aac", "ogg", "opus", "wav", "mp4", "mov", "webm", "ics", "vcf", "eml"),
    )
)
"""Endings that open in a viewer. Every other file, a page or a program for instance, gets `.bin` behind its name."""
_TYPE: Final = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
_LINE_ENDS: Final = frozenset("\u2028\u2029")


def path_of(number: int, place: int, name: str) -> str:
    """Where a file lies in the zip: below one folder, under a name nobody can point elsewhere with."""
    return f"files/{number:06}-{place + 1}-{_plain(name)}"


def original_path(number: int) -> str:
    """Where a letter lies as it came."""
    return f"files/{number:06}-original.eml"


def _plain(name: str) -> str:
    """Letters and digits of any script, with `.`, `-` and `_` between; nothing invisible, reserved or leading elsewhere."""
    kept = "".join(sign if sign.isalnum() or sign in ".-_" else "_" for sign in name)
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    stem = _within(stem.replace(".", "_").strip("_"), NAME) or "file"
    ending = _within(ending, ENDING)
    if ending.lower() in HARMLESS:
        return f"{stem}.{ending}"
    return f"{stem}_{ending}.bin" if ending else f"{stem}.bin"


def _within(text: str, octets: int) -> str:
    """Its beginning, without half a letter."""
    return text.encode()[:octets].decode(errors="ignore")


def one_line(text: str) -> str:
    """The same words where a line's end, or a sign that steers a terminal, would mean something else."""
    return " ".join("".join(" " if _steers(sign) else sign for sign in text).split())


def _steers(sign: str) -> bool:
    return sign in _LINE_ENDS or unicodedata.category(sign) == "Cc"


def media_type(note: AttachmentNote) -> str:
    """What a file was said to be, if it was said in the form of RFC 6838."""
    return note.content_type if _TYPE.fullmatch(note.content_type) else "application/octet-stream"
