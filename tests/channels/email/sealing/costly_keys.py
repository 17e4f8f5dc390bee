"""Keys as an attacker makes them: small to send, dear to look at."""

import zlib
from collections.abc import Callable
from typing import Final

import pysequoia

from channels.email.sealing.keys import KEY_LIMIT

PUBLIC, USER_ID, SIGNATURE, COMPRESSED, SUBKEY = 6, 13, 2, 8, 14


def packet(tag: int, body: bytes) -> bytes:
    """RFC 9580 4.2.1, its length in one octet or five."""
    length = bytes([len(body)]) if len(body) < 192 else b"\xff" + len(body).to_bytes(4, "big")
    return bytes([0xC0 | tag]) + length + body


def fresh(address: str) -> bytes:
    """An honest key."""
    made = pysequoia.Tsk.generate(user_id=f"Ruth <{address}>", profile=pysequoia.Profile.RFC4880)
    return bytes(made.extract_certificate())


def junk(address: str, size: int) -> bytes:
    """As many user ids of a few letters, which nobody signed, as there is room for."""
    parts, left = [fresh(address)], size
    left -= len(parts[0])
    number = 0
    while (one := packet(USER_ID, b"%x" % number)) and left >= len(one):
        parts.append(one)
        left -= len(one)
        number += 1
    return b"".join(parts)


def _signatures(address: str) -> bytes:
    """The key's own signature over and over."""
    whole = fresh(address)
    own = next(
        bytes(one.body) for one in pysequoia.packet.PacketPile.from_bytes(whole) if int(one.tag) == SIGNATURE
    )
    one = packet(SIGNATURE, own)
    return whole + one * ((KEY_LIMIT - len(whole)) // len(one))


def _bomb(_address: str) -> bytes:
    """A compressed packet that unfolds to a hundred megabytes of user ids."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = (
        b"".join(packed.compress(packet(USER_ID, b"x" * 100) * 10_000) for _ in range(100)) + packed.flush()
    )
    return packet(COMPRESSED, b"\x01" + body)


AS_BAD: Final[dict[str, Callable[[str], bytes]]] = {
    "user ids": lambda address: junk(address, KEY_LIMIT),
    "fewer user ids": lambda address: junk(address, 3600),
    "signatures": _signatures,
    "a bomb": _bomb,
    "armor": lambda address: pysequoia.armor(
        junk(address, KEY_LIMIT * 2 // 3), pysequoia.ArmorKind.PublicKey
    ).encode(),
}
