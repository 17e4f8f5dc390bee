"""Keys: a practice's own made, a client's examined before anything is locked with it."""

import re
from datetime import UTC, datetime
from typing import Final

import pysequoia
from pysequoia.packet import PacketPile, Tag

from channels.email.addresses import same_mailbox
from channels.email.sealing.faults import Refused, sequoia
from messaging.errors import KeyExpired, Malformed, TooLong
from messaging.locks import PublicKey

KEY_LIMIT: Final = 256 * 1024
"""Octets of a certificate handed in: room for hundreds of other people's signatures, and no more."""

_ADDRESS: Final = re.compile(r"<([^<>]{3,320})>\s*\Z|\A\s*([^\s<>]{3,320})\s*\Z")

NO_KEY: Final = "This is not an OpenPGP public key. Please export it once more, as text or as a file."
YOURS_ALONE: Final = "This is your secret key. It was not kept. Please export your public key instead."
SEVERAL: Final = "There is more than one key in this. Please give us one."
REVOKED: Final = "This key was revoked, so nothing may be locked with it any more."
FOREIGN: Final = (
    "This key is not for the address we know of you. Please add that address to it, or choose another key."
)
SIGNS_ONLY: Final = "Nothing can be encrypted to this key: it has no part for that, or that part has expired."


class Smith:
    """The port `messaging.locks.Locksmith`, by Sequoia."""

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

    def examined(self, raw: bytes, address: str, at: datetime) -> PublicKey:
        """See the port."""
        if len(raw) > KEY_LIMIT:
            raise TooLong("This is too large to be one key.")
        try:
            with sequoia():
                return _examined(raw, address, at)
        except Refused:
            raise Malformed(NO_KEY) from None

    def expires(self, key: PublicKey) -> datetime | None:
        """By its primary key (RFC 9580 section 5.2.3.13)."""
        try:
            with sequoia():
                at = pysequoia.Cert.from_bytes(key.certificate).expiration
        except Refused:
            return None
        return None if at is None else at.astimezone(UTC)


def _examined(raw: bytes, address: str, at: datetime) -> PublicKey:
    found = pysequoia.Cert.split_bytes(raw)
    if len(found) != 1:
        raise Malformed(SEVERAL if found else NO_KEY)
    (key,) = found
    if _holds_secret(raw):
        raise Malformed(YOURS_ALONE)
    if key.is_revoked:
        raise Malformed(REVOKED)
    if key.expiration is not None and key.expiration.astimezone(UTC) <= at:
        raise KeyExpired
    if not any(same_mailbox(one, address) for one in _addresses(key)):
        raise Malformed(FOREIGN)
    if not encrypts(key):
        raise Malformed(SIGNS_ONLY)
    return PublicKey(key.fingerprint, bytes(key))


def encrypts(key: pysequoia.Cert) -> bool:
    """Whether anything can be encrypted to it today: Sequoia says so only by doing it."""
    try:
        with sequoia():
            pysequoia.encrypt(b"", recipients=[key])
    except Refused:
        return False
    return True


def _holds_secret(raw: bytes) -> bool:
    # Sequoia's own question is deprecated, and a `Tsk` is made of any certificate; the packets tell.
    return any(one.tag in (Tag.SecretKey, Tag.SecretSubkey) for one in PacketPile.from_bytes(raw))


def _addresses(key: pysequoia.Cert) -> list[str]:
    """The addresses of its user ids; a user id is free text, `Name <address>` by custom (RFC 9580 5.11)."""
    found = (_ADDRESS.search(str(one)) for one in key.user_ids)
    return [match[1] or match[2] for match in found if match]
