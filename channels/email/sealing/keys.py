"""Keys: a practice's own made, a client's examined before anything is locked with it.

A client's key is looked at by a process apart (`examining`), once; what it found is kept with the key, and asked later.
"""

import hashlib
import re
from datetime import datetime
from typing import Final, Protocol, assert_never

import pysequoia

from channels.email.addresses import same_mailbox
from channels.email.sealing.examining import Examine, Examined, Trouble
from messaging.errors import Busy, KeyExpired, Malformed, TooLong
from messaging.trust.locks import Findings, PublicKey

KEY_LIMIT: Final = 256 * 1024
"""Octets of a certificate handed in: room for hundreds of other people's signatures, and no more."""
WAITING: Final = 8
"""Keys that wait to be examined; each may take seconds, and whoever comes then is asked to come again."""

NO_KEY: Final = "This is not an OpenPGP public key. Please export it once more, as text or as a file."
YOURS_ALONE: Final = "This is your secret key. It was not kept. Please export your public key instead."
SEVERAL: Final = "There is more than one key in this. Please give us one."
REVOKED: Final = "This key was revoked, so nothing may be locked with it any more."
FOREIGN: Final = (
    "This key is not for the address we know of you. Please add that address to it, or choose another key."
)
SIGNS_ONLY: Final = "Nothing can be encrypted to this key: it has no part for that, or that part has expired."
TOO_MUCH: Final = (
    "This key has too many parts to be used here. Please export it without what other people added to it."
)


class Hands(Protocol):
    """Who examines keys, where it may take as long as somebody likes and holds up nobody."""

    async def examine(self, question: Examine) -> Examined | None:
        """What was found; None: it could not be examined within the limits."""


class Smith:
    """The port `messaging.locks.Locksmith`, by Sequoia."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._waiting = 0

    def new_key(self, name: str, address: str) -> bytes:
        """Curve25519, in the form every program reads (version 4 of RFC 9580); it does not expire."""
        # A name with these in it would be read as another address.
        plain = " ".join(re.sub(r"[<>()\x00-\x1f\x7f]", " ", name).split())
        made = pysequoia.Tsk.generate(
            user_id=f"{plain} <{address}>".strip(), profile=pysequoia.Profile.RFC4880
        )
        return bytes(made)

    def public(self, secret: bytes) -> PublicKey:
        """Its certificate."""
        made = pysequoia.Tsk.from_bytes(secret).extract_certificate()
        return PublicKey(made.fingerprint, bytes(made))

    def armored(self, key: PublicKey) -> str:
        """RFC 9580 section 6, without comments: they would repeat the address."""
        return pysequoia.armor(key.certificate, pysequoia.ArmorKind.PublicKey)

    def named(self, raw: bytes) -> str | None:
        """See the port. RFC 9580 5.5.4: a hash over the first packet, which is the primary key."""
        body = _first_body(raw)
        match body[:1]:
            case b"\x04":
                hashed = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False)
                return hashed.hexdigest()
            case b"\x06":
                return hashlib.sha256(b"\x9b" + len(body).to_bytes(4, "big") + body).hexdigest()
        return None

    async def examined(self, raw: bytes, address: str, at: datetime) -> PublicKey:
        """See the port."""
        if len(raw) > KEY_LIMIT:
            raise TooLong("This is too large to be one key.")
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            found = await self._hands.examine(Examine(raw))
        finally:
            self._waiting -= 1
        if found is None:
            raise TooLong(TOO_MUCH)
        if found.trouble is not None:
            raise _refusal(found.trouble)
        key = PublicKey(found.fingerprint, found.certificate, Findings(found.addresses, found.expires))
        return await self.usable(key, address, at)

    async def usable(self, key: PublicKey, address: str, at: datetime) -> PublicKey:
        """See the port."""
        if key.found is None:  # kept before findings were
            return await self.examined(key.certificate, address, at)
        if key.found.expires is not None and key.found.expires <= at:
            raise KeyExpired
        if not any(same_mailbox(one, address) for one in key.found.addresses):
            raise Malformed(FOREIGN)
        return key


def _refusal(trouble: Trouble) -> Malformed:
    match trouble:
        case Trouble.NO_KEY:
            return Malformed(NO_KEY)
        case Trouble.TOO_MANY_PARTS:
            return TooLong(TOO_MUCH)
        case Trouble.SEVERAL:
            return Malformed(SEVERAL)
        case Trouble.YOURS_ALONE:
            return Malformed(YOURS_ALONE)
        case Trouble.REVOKED:
            return Malformed(REVOKED)
        case Trouble.SIGNS_ONLY:
            return Malformed(SIGNS_ONLY)
        case _:
            assert_never(trouble)


def _first_body(raw: bytes) -> bytes:
    """Of a primary key packet (RFC 9580 4.2) that says its length; empty for anything else."""
    head = raw[:6]
    if len(head) < 6:
        return b""
    if head[0] & 0xC0 == 0xC0:
        tag, start, length = head[0] & 0x3F, 2, head[1]
        if 192 <= head[1] < 224:
            start, length = 3, ((head[1] - 192) << 8) + head[2] + 192
        elif head[1] >= 224:
            start, length = 6, int.from_bytes(head[2:6], "big") if head[1] == 255 else 0
    else:
        size = (1, 2, 4, 0)[head[0] & 3]
        tag, start = (head[0] & 0x3C) >> 2, 1 + size
        length = int.from_bytes(head[1:start], "big") if head[0] & 0x80 else 0
    return raw[start : start + length] if tag == 6 else b""
