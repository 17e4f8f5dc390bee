"""Lines of the trail as a table for other programs: CSV (RFC 4180), written piece by piece, harmless to open.

UTF-8 with a byte order mark: without it the most used table program reads it in the code page of its country, and names
become unreadable; those that need no mark skip it. A cell that begins like a formula gets an apostrophe before it (OWASP,
CSV Injection): a name or reason is somebody's to choose, and must not compute when an administrator opens the file.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Final

from messaging.trail.accounting import SAVED, Told
from web.pages.admin.trail_words import plain, who_of, whose_of, words
from web.pages.parts.views import Here

MARK: Final = b"\xef\xbb\xbf"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings of a formula, also as they are written in full width."""


async def as_csv(pieces: AsyncIterator[list[Told]], here: Here, most: int = SAVED) -> AsyncIterator[bytes]:
    """The table; where there are more than `most` lines the last row says so, so that a part never passes for all."""
    yield MARK + _row(str(one) for one in words().columns)
    written = 0
    async for piece in pieces:
        yield b"".join(_row(_cells(told, here)) for told in piece[: most - written])
        written += len(piece)
        if written > most:
            yield _row([str(words().cut)])
            return


def _cells(told: Told, here: Here) -> list[str]:
    return [
        str(told.seq),
        told.at.astimezone(here.zone).isoformat(sep=" ", timespec="seconds"),
        who_of(told),
        plain(told),
        whose_of(told),
        told.reason,
        str(words().doors[told.door]) if told.door is not None else "",
        told.word if told.act is None else str(told.act),
        str(told.actor),
        str(told.subject) if told.subject is not None else "",
    ]


def _row(cells: Iterable[str]) -> bytes:
    return (",".join(_quoted(cell) for cell in cells) + "\r\n").encode()


def _quoted(cell: str) -> str:
    held = f"'{cell}" if cell.startswith(FORMULA) else cell
    return '"' + held.replace('"', '""').replace("\x00", "") + '"'
