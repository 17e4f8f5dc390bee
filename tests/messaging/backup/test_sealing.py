"""A backup's stream opens as it was sealed, or not at all."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.backup.frames import DATA, END, HEADER, frame, frames
from messaging.backup.header import NoBackup
from messaging.backup.sealing import CHUNK, begun, opened

KEY, OTHER = b"\x01" * 32, b"\x02" * 32
HEAD, SEALED = 60, CHUNK + 16


def sealed(plain: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    sealer = begun(key, os.urandom, out.write)
    sealer.feed(plain)
    sealer.finish()
    return out.getvalue()


def plain_of(raw: bytes, *keys: bytes) -> bytes:
    return b"".join(opened(io.BytesIO(raw).read, list(keys or (KEY,))))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_it_opens_as_it_was_sealed_and_shows_nothing(size: int) -> None:
    plain = (b"canary words " * (size // 13 + 1))[:size]
    raw = sealed(plain)
    assert plain_of(raw, OTHER, KEY) == plain
    assert b"canary" not in raw
    assert KEY not in raw


@pytest.mark.parametrize("size", [5, CHUNK, 2 * CHUNK + 5])
def test_cut_anywhere_it_is_refused(size: int) -> None:
    raw = sealed(bytes(size))
    places = {0, 1, 19, 20, HEAD - 1, HEAD, HEAD + 1, len(raw) - 1, len(raw) - 16, len(raw) - 17}
    places |= {HEAD + n * SEALED + d for n in range(3) for d in (-1, 0, 1)}
    for at in sorted(place for place in places if 0 <= place < len(raw)):
        with pytest.raises(NoBackup):
            plain_of(raw[:at])


@given(at=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_a_turned_bit_is_noticed_wherever_it_is(at: int, bit: int) -> None:
    raw = bytearray(sealed(b"some words"))
    raw[at % len(raw)] ^= 1 << bit
    with pytest.raises(NoBackup):
        plain_of(bytes(raw))


def test_chunks_in_another_order_left_out_or_added_are_noticed() -> None:
    raw = sealed(bytes(3 * CHUNK))
    head, a, b, c = (
        raw[:HEAD],
        raw[HEAD : HEAD + SEALED],
        raw[HEAD + SEALED : HEAD + 2 * SEALED],
        raw[-SEALED:],
    )
    assert plain_of(head + a + b + c) == bytes(3 * CHUNK)
    for wrong in (b + a + c, a + c, a + b, a + a + b + c, a + b + c + c, a + b + c + b"x"):
        with pytest.raises(NoBackup):
            plain_of(head + wrong)


def test_another_key_is_refused() -> None:
    with pytest.raises(NoBackup, match="master key does not open"):
        plain_of(sealed(b"words"), OTHER)


@given(pieces=st.lists(st.binary(max_size=40), max_size=6), step=st.integers(1, 50))
def test_frames_come_as_they_were_put_however_they_are_cut(pieces: list[bytes], step: int) -> None:
    put = [(HEADER, b"{}"), *((DATA, one) for one in pieces), (END, b"")]
    raw = b"".join(frame(*one) for one in put)
    assert list(frames(raw[at : at + step] for at in range(0, len(raw), step))) == put
    with pytest.raises(NoBackup):
        list(frames([raw[:-1]]))
    with pytest.raises(NoBackup):
        list(frames([raw + b"D"]))
