"""The stream of a backup, or a practice's archive: encrypted piece by piece, with no second copy and in little memory.

    magic (20) | file key, wrapped (40) | chunk | chunk | ... | last chunk

The file key is random, wrapped (RFC 3394) by a key derived from the master key, which is not in it. Chunks are the STREAM
construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption, 2015): AES-256-GCM, the nonce is the
chunk's number (11 octets) and whether it is the last (1), the associated data is what stands before the first. A stream that
was cut, lengthened, or put in another order does not open.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from messaging.backup.header import NoBackup
from messaging.trust.encryption import KEY_BYTES, derive

MAGIC: Final = 20
"""Octets that say what it is."""
CHUNK: Final = 256 * 1024
"""Octets of plain text in a chunk; the last may have fewer, and none."""
_TAG: Final = 16
_WRAPPED: Final = KEY_BYTES + 8

Random = Callable[[int], bytes]
Put = Callable[[bytes], object]
Take = Callable[[int], bytes]
"""Up to so many octets; fewer only at the end."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is sealed so: told apart by its first octets, and under a key of its own purpose."""

    magic: bytes
    purpose: bytes
    called: str


BACKUP: Final = Sealed(b"quietline backup 01\n", b"backup", "backup")
ARCHIVE: Final = Sealed(b"quietline archive 1\n", b"archive", "archive")
"""All that one practice holds (`messaging.exporting.whole`)."""


def begun(master: bytes, random: Random, put: Put, what: Sealed = BACKUP) -> "Sealer":
    """Writes what stands before the first chunk."""
    key = random(KEY_BYTES)
    head = what.magic + aes_key_wrap(derive(master, what.purpose), key)
    put(head)
    return Sealer(key, head, put)


class Sealer:
    """Takes plain text, gives sealed chunks to `put`."""

    def __init__(self, key: bytes, head: bytes, put: Put) -> None:
        self._aes, self._head, self._put = AESGCM(key), head, put
        self._held = bytearray()  # bound: CHUNK and what is fed at once
        self._number = 0

    def feed(self, plain: bytes) -> None:
        """More of it."""
        self._held += plain
        while len(self._held) > CHUNK:  # a whole one is kept back: it may be the last
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def finish(self) -> None:
        """Nothing follows."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._put(self._aes.encrypt(_nonce(self._number, last=last), plain, self._head))
        self._number += 1


def opened(take: Take, masters: list[bytes], what: Sealed = BACKUP) -> Iterator[bytes]:
    """The plain text, piece by piece, by whichever of the master keys opens it. Raises NoBackup.

    What came before the fault has been handed out: nothing of it counts until the iterator has ended by itself.
    """
    head = take(MAGIC + _WRAPPED)
    if not head.startswith(what.magic) or len(head) != MAGIC + _WRAPPED:
        raise NoBackup(f"this is no {what.called} of Quietline, or its beginning is missing")
    aes = AESGCM(_file_key(head[MAGIC:], masters, what))
    number, chunk = 0, take(CHUNK + _TAG)
    while True:  # bound: the chunks of the file
        following = take(CHUNK + _TAG) if len(chunk) == CHUNK + _TAG else b""
        try:
            yield aes.decrypt(_nonce(number, last=not following), chunk, head)
        except InvalidTag:
            raise NoBackup(f"the {what.called} is damaged, or its end is missing") from None
        if not following:
            return
        number, chunk = number + 1, following


def _file_key(wrapped: bytes, masters: list[bytes], what: Sealed) -> bytes:
    for master in masters:
        try:
            return aes_key_unwrap(derive(master, what.purpose), wrapped)
        except InvalidUnwrap:
            continue
    raise NoBackup(
        f"the master key does not open this {what.called}; the one of its time does, or its recovery sheet"
    )


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
