"""The letter itself, as a peer uploads it after DATA."""

import asyncio
from typing import Final

_LINE: Final = b"\r\n"
_END: Final = b"\r\n.\r\n"
_ALL: Final = 2**30
"""More than a reader ever holds: what is left over is given back to an empty one, so it stays in order."""


async def uploaded(peer: asyncio.StreamReader, limit: int) -> bytes | None:
    """Reads to the lone dot, between CR LF only (CVE-2023-51764), and takes the doubled dots away (RFC 5321 4.5.2).

    None when the letter has more than `limit` octets, all of it read. Raises asyncio.IncompleteReadError. In pieces as
    they come rather than line by line: a letter has hundreds of lines, and each would cost what a whole piece does.
    """
    held, dots, too_big = bytearray(_LINE), 0, False  # as if a line had ended before the first
    while True:
        piece = await peer.read(_ALL)
        if not piece:
            raise asyncio.IncompleteReadError(b"", None)
        before = len(held)
        held += piece
        end = held.find(_END, max(0, before - len(_END) + 1))
        if end >= 0:
            break
        dots += held.count(b"\r\n.", max(0, before - 2))
        if len(held) - dots > limit + len(_LINE) + len(_END):
            too_big = True
        if too_big:
            del held[: 1 - len(_END)]
    end += len(_LINE)
    if held[end + 3 :]:
        peer.feed_data(bytes(held[end + 3 :]))  # commands sent along with the letter
    letter = bytes(memoryview(held)[:end]).replace(b"\r\n.", b"\r\n")[len(_LINE) :]
    return None if too_big or len(letter) > limit else letter
