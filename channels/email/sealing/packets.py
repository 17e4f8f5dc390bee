"""The signed packets inside an encrypted message, for checking whose signature it is.

Sequoia's Python face decrypts compressed messages but cannot say who signed them, and compressed is how GnuPG writes. So
the packets are brought out here once more, only to be handed to Sequoia's verification: the words themselves come from
Sequoia, which has checked that nobody changed them, and a signature counts only if it is of the same octets.

Only what GnuPG and RNP send to a key of ours (Curve25519): PKESK version 3 and SEIPD version 1 (RFC 9580 5.1.1, 5.13.1).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from pysequoia.packet import Packet, PacketPile, Tag

from channels.email.sealing.faults import Refused, sequoia

ECDH: Final = 18
CURVE: Final = bytes.fromhex("2b060104019755010501")
HASHES: Final = {8: "sha256", 9: "sha384", 10: "sha512"}
KEY_OCTETS: Final = {7: 16, 8: 24, 9: 32}
"""AES with 128, 192 and 256 bits (RFC 9580 9.3)."""
SENDER: Final = b"Anonymous Sender    "
PREFIX: Final = 18
"""One block and its last two octets again; they only say whether the key is right."""
TRAILER: Final = 22
"""The modification detection code, which Sequoia has checked."""
STREAM_LIMIT: Final = 64 * 1024 * 1024


class Unsuited(Exception):
    """Not of a kind that is read here."""


@dataclass(frozen=True, slots=True)
class _Half:
    """Our half of the agreement: an encryption subkey."""

    key_id: str
    fingerprint: bytes
    hash_id: int
    cipher_id: int
    scalar: bytes = field(repr=False)


def signed_packets(message: bytes, secret: bytes) -> bytes:
    """What is inside: a one-pass signature, the content, the signature, compressed or not. Raises Unsuited."""
    try:
        with sequoia():
            outer = list(PacketPile.from_bytes(message))
            half = next(_halves(PacketPile.from_bytes(secret)))
            cipher, key = next(_session_keys(outer, half))
    except (Refused, StopIteration, IndexError, InvalidUnwrap):
        raise Unsuited from None
    sealed = next((one.body for one in outer if one.tag == Tag.SEIP), b"")
    if sealed[:1] != b"\x01" or len(sealed) > STREAM_LIMIT or cipher not in KEY_OCTETS:
        raise Unsuited
    opener = Cipher(algorithms.AES(key), CFB(bytes(16))).decryptor()
    return (opener.update(sealed[1:]) + opener.finalize())[PREFIX:-TRAILER]


def locked_body(message: bytes) -> bytes:
    """The encrypted octets, which nobody can change unnoticed; what stands around them anybody can. Raises Unsuited."""
    try:
        with sequoia():
            return next(bytes(one.body) for one in PacketPile.from_bytes(message) if one.tag == Tag.SEIP)
    except (Refused, StopIteration):
        raise Unsuited from None


def _halves(key: PacketPile) -> Iterator[_Half]:
    for one in key:
        if one.tag == Tag.SecretSubkey and one.body[:1] == b"\x04" and one.body[5] == ECDH:
            yield _half(one)


def _half(packet: Packet) -> _Half:
    """Reads an unprotected version 4 subkey (RFC 9580 5.5.2.2, 5.5.3, 5.5.5.6)."""
    reader = _Octets(packet.body[6:])
    if reader.take(reader.take(1)[0]) != CURVE:
        raise Unsuited
    reader.number()  # the public point
    _, _, hash_id, cipher_id = reader.take(4)
    if reader.take(1) != b"\x00":  # protected by a passphrase: none of ours is
        raise Unsuited
    scalar = reader.number().rjust(32, b"\x00")[::-1]
    return _Half(packet.key_id or "", bytes.fromhex(packet.fingerprint or ""), hash_id, cipher_id, scalar)


def _session_keys(outer: list[Packet], half: _Half) -> Iterator[tuple[int, bytes]]:
    for one in outer:
        if one.tag != Tag.PKESK or one.body[:1] != b"\x03" or one.body[9] != ECDH:
            continue
        if one.body[1:9] in (bytes.fromhex(half.key_id), bytes(8)):
            yield _session_key(one.body, half)


def _session_key(body: bytes, half: _Half) -> tuple[int, bytes]:
    """RFC 9580 11.5: agreed by X25519, stretched by one hash, unwrapped; padded to a multiple of eight octets."""
    reader = _Octets(body[10:])
    point = reader.number()
    wrapped = reader.take(reader.take(1)[0])
    if len(point) != 33 or point[:1] != b"\x40" or half.hash_id not in HASHES:
        raise Unsuited
    shared = X25519PrivateKey.from_private_bytes(half.scalar).exchange(
        X25519PublicKey.from_public_bytes(point[1:])
    )
    about = bytes([len(CURVE)]) + CURVE + bytes([ECDH, 3, 1, half.hash_id, half.cipher_id])
    stretched = hashlib.new(
        HASHES[half.hash_id], b"\x00\x00\x00\x01" + shared + about + SENDER + half.fingerprint
    ).digest()
    plain = aes_key_unwrap(stretched[: KEY_OCTETS.get(half.cipher_id, 16)], wrapped)
    cipher = plain[0]
    return cipher, plain[1 : 1 + KEY_OCTETS.get(cipher, 0)]


class _Octets:
    """Octets taken one after the other. Raises Unsuited at their end."""

    def __init__(self, content: bytes) -> None:
        self._content, self._place = content, 0

    def take(self, count: int) -> bytes:
        taken = self._content[self._place : self._place + count]
        if len(taken) != count:
            raise Unsuited
        self._place += count
        return taken

    def number(self) -> bytes:
        """A multiprecision integer (RFC 9580 3.2), without its length."""
        return self.take((int.from_bytes(self.take(2), "big") + 7) // 8)
