"""An uploaded letter comes out the same however the network cut it, and what follows it is not lost."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from channels.email.arriving.upload import uploaded

LINES = (b"", b".", b"..", b"...x", b".x", b"x", b"x\ry", b"x\ny", b"\n.\n", b"\r", b"x" * 70)
LIMIT = 10_000


async def received(pieces: Sequence[bytes], limit: int = LIMIT) -> tuple[bytes | None, bytes]:
    """The letter, and what is left for the next command."""
    peer = asyncio.StreamReader()
    reading = asyncio.ensure_future(uploaded(peer, limit))
    for piece in pieces:
        peer.feed_data(piece)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        letter = await reading
    peer.feed_eof()
    return letter, await peer.read()


def on_the_wire(lines: Sequence[bytes]) -> bytes:
    return b"".join((b"." + one if one.startswith(b".") else one) + b"\r\n" for one in lines) + b".\r\n"


async def test_every_cut_gives_the_same_letter() -> None:
    chance = random.Random(4)
    for _ in range(300):
        lines = chance.choices(LINES, k=chance.randrange(6))
        whole = on_the_wire(lines) + b"QUIT\r\n"
        cuts = sorted(chance.choices(range(len(whole) + 1), k=chance.randrange(8)))
        pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) if a < b]
        letter, left = await received(pieces)
        assert letter == b"".join(one + b"\r\n" for one in lines)
        # What had not arrived by the dot is in the peer's buffer anyway.
        assert left == b"QUIT\r\n"


@pytest.mark.parametrize("line", [b"x" * 98, b"." * 98])
async def test_the_limit_counts_the_letter_and_not_its_doubled_dots(line: bytes) -> None:
    wire = on_the_wire([line] * 100)
    for pieces in ([wire], [wire[i : i + 7] for i in range(0, len(wire), 7)]):
        assert (await received(pieces, 10_000))[0] is not None
        assert (await received([*pieces, b"NOOP\r\n"], 9_999)) == (None, b"NOOP\r\n")


async def test_of_a_letter_that_is_too_big_little_is_held() -> None:
    peer = asyncio.StreamReader()
    upload: Any = uploaded(peer, 1000)
    reading = asyncio.ensure_future(upload)
    for _ in range(1000):
        peer.feed_data(b"x" * 1000 + b"\r\n")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert len(upload.cr_frame.f_locals["held"]) < 5000
    peer.feed_data(b".\r\n")
    assert await reading is None


async def test_a_peer_that_breaks_off_has_sent_no_letter() -> None:
    peer = asyncio.StreamReader()
    peer.feed_data(b"half a letter\r\n")
    peer.feed_eof()
    with pytest.raises(asyncio.IncompleteReadError):
        await uploaded(peer, LIMIT)
