"""The letter itself, as a peer uploads it after DATA."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

_LINE: Final = b"\r\n"
_END: Final = b"\r\n.\r\n"
_ALL: Final = 2**30
"""More than a reader ever holds: what is left over is given back to an empty one, so it stays in order."""


async def no_more(_: int) -> bool:
    """Nobody asks: what is within the limit may be held."""
    return True


async def uploaded(
    peer: asyncio.StreamReader, limit: int, may_hold: Callable[[int], Awaitable[bool]] = no_more
) -> bytes | None:
    """Reads to the lone dot, between CR LF only (CVE-2023-51764), and takes the doubled dots away (RFC 5321 4.5.2).

    None when the letter has more than `limit` octets, or more than it `may_hold` (asked with what it has by now); it is read
    to its end all the same. Raises asyncio.IncompleteReadError. In pieces as they come rather than line by line: a letter
    has hundreds of lines, and each would cost what a whole piece does.
    """
    held, dots, dropped = bytearray(_LINE), 0, False  # as if a line had ended before the first
    while True:  # bound: `limits.data` seconds, after which the dialog ends the connection
        piece = await peer.read(_ALL)
        if not piece:
            raise asyncio.IncompleteReadError(b"", None)
        before = len(held)
        held += piece
        end = held.find(_END, max(0, before - len(_END) + 1))
        if end >= 0:
            break
        dots += held.count(b"\r\n.", max(0, before - 2))
        dropped = (
            dropped or len(held) - dots > limit + len(_LINE) + len(_END) or not await may_hold(len(held))
        )
        if dropped:
            del held[: 1 - len(_END)]
    end += len(_LINE)
    if held[end + 3 :]:
        peer.feed_data(bytes(held[end + 3 :]))  # commands sent along with the letter
    if dropped or not await may_hold(end):
        return None
    del held[end:]
    letter = bytes(held)
    held.clear()  # never more than two of it
    letter = letter.replace(b"\r\n.", b"\r\n")[len(_LINE) :]
    return None if len(letter) > limit else letter
