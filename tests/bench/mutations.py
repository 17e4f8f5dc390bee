"""Mail as faults and malice make it: whole mails cut, joined, nested, repeated and with bytes thrown about, by a seed."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

LARGEST: Final = 256 * 1024
PIECES: Final = (
    b"\x00", b"\xff\xfe", b"\r", b"\n", b"\r\n\r\n", b"\n> ", b"<blockquote>", b"<!--", b"<div class=gmail_quote>",
    b"--", b"\n-- \n", b"\nOn 2031-01-14 18:20, a@b.c wrote:\n", b"\nFrom: a@b.c\nSent: x\nTo: y\n", b"=?utf-8?q?",
    b"Content-Type: multipart/report; boundary=x\n", b"\nAction: failed\nStatus: 5.1.1\n", b"&#99999999;", b"\xed\xa0\x80",
)  # fmt: skip


def mutations(mails: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` mutated mails; the same for the same mails and seed."""
    chance = Random(seed)
    for number in range(count):
        mail = mails[number % len(mails)] if number < len(mails) else chance.choice(mails)
        for _ in range(chance.randint(1, 4)):
            mail = chance.choice(_WAYS)(mail[:LARGEST], mails, chance)
        yield mail[:LARGEST]


def _cut(mail: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    first, second = sorted((_place(mail, chance), _place(mail, chance)))
    return mail[:first] + mail[second:]


def _stop(mail: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    return mail[: _place(mail, chance)]


def _join(mail: bytes, mails: Sequence[bytes], chance: Random) -> bytes:
    other = chance.choice(mails)[:LARGEST]
    return mail[: _place(mail, chance)] + other[_place(other, chance) :]


def _flip(mail: bytes, __: Sequence[bytes], chance: Random) -> bytes:
    flipped = bytearray(mail)
    for _ in range(min(len(mail), chance.randint(1, 40))):
        flipped[chance.randrange(len(mail))] = chance.randrange(256)
    return bytes(flipped)


def _put(mail: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    place, times = _place(mail, chance), chance.choice((1, 1, 3, 1000))
    return mail[:place] + chance.choice(PIECES) * times + mail[place:]


def _shuffle(mail: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    lines = mail.splitlines(keepends=True)
    start = chance.randrange(len(lines) + 1)
    some = lines[start : start + 30]
    chance.shuffle(some)
    return b"".join([*lines[:start], *some, *lines[start + 30 :]])


def _repeat(mail: bytes, _: Sequence[bytes], chance: Random) -> bytes:
    lines = mail.splitlines(keepends=True)
    start = chance.randrange(len(lines) + 1)
    return b"".join(
        [*lines[: start + 5], *lines[start : start + 5] * chance.choice((2, 50, 500)), *lines[start:]]
    )


def _quote(mail: bytes, _: Sequence[bytes], __: Random) -> bytes:
    head, blank, body = mail.partition(b"\n\n")
    return head + blank + b"".join(b"> " + line for line in body.splitlines(keepends=True))


def _place(mail: bytes, chance: Random) -> int:
    return chance.randint(0, len(mail))


_WAYS: Final = (_cut, _stop, _join, _flip, _put, _shuffle, _repeat, _quote)
