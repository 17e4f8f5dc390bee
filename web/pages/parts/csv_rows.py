"""Rows for other programs: CSV (RFC 4180), harmless to open.

UTF-8 with a byte order mark: without it the most used table program reads it in the code page of its country, and names
become unreadable; those that need no mark skip it. A cell that begins like a formula gets an apostrophe before it (OWASP,
CSV Injection): a name or reason is somebody's to choose, and must not compute when somebody else opens the file.
"""

from collections.abc import Iterable
from typing import Final

MARK: Final = b"\xef\xbb\xbf"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings of a formula, also as they are written in full width."""


def row(cells: Iterable[str]) -> bytes:
    """One of them."""
    return (",".join(_quoted(cell) for cell in cells) + "\r\n").encode()


def _quoted(cell: str) -> str:
    held = f"'{cell}" if cell.startswith(FORMULA) else cell
    return '"' + held.replace('"', '""').replace("\x00", "") + '"'
