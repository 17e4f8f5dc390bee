"""A client's key, examined: by a process that may be killed, for its octets are chosen by somebody else.

Counted first: Sequoia's look at user ids costs the square of their number (3.6 KB of them took 3.8 s, 254 KB hours).
"""

import re
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec
import pysequoia
from pysequoia.packet import PacketPile, Tag

from channels.email.sealing.faults import Refused, sequoia

PRIMARY: Final = (int(Tag.PublicKey), int(Tag.SecretKey))
SECRET: Final = (int(Tag.SecretKey), int(Tag.SecretSubkey))
MOST: Final = {
    **dict.fromkeys(PRIMARY, 10),
    int(Tag.PublicSubkey): 50,
    int(Tag.SecretSubkey): 50,
    int(Tag.UserID): 50,
    int(Tag.UserAttribute): 10,
    int(Tag.Signature): 3000,
    int(Tag.Trust): 3000,
    int(Tag.Marker): 10,
    int(Tag.Padding): 10,
}
"""Packets of each kind: more than any key in use has; the signatures are hundreds of other people's. Others: none."""

_ADDRESS: Final = re.compile(r"<([^<>]{3,320})>\s*\Z|\A\s*([^\s<>]{3,320})\s*\Z")


class Trouble(StrEnum):
    """Why mail cannot be locked with what was handed in."""

    NO_KEY = "no_key"
    TOO_MANY_PARTS = "too_many_parts"
    SEVERAL = "several"
    YOURS_ALONE = "yours_alone"
    REVOKED = "revoked"
    SIGNS_ONLY = "signs_only"


class Examine(msgspec.Struct, frozen=True, tag=True):
    """Can mail be locked with this?"""

    raw: bytes

    def __repr__(self) -> str:
        return "Examine(***)"


class Examined(msgspec.Struct, frozen=True):
    """What was found. `addresses` are those its owner signed onto it; `expires` the time of its primary key
    (RFC 9580 5.2.3.13), or never."""

    trouble: Trouble | None = None
    fingerprint: str = ""
    certificate: bytes = b""
    addresses: tuple[str, ...] = ()
    expires: datetime | None = None

    def __repr__(self) -> str:
        return f"Examined({self.trouble}, ***)"


def examine(question: Examine) -> Examined:
    """The answer. Raises nothing, whatever the octets."""
    try:
        with sequoia():
            return _trouble(question.raw) or _examined(*pysequoia.Cert.split_bytes(question.raw))
    except Refused:
        return Examined(Trouble.NO_KEY)


def _trouble(raw: bytes) -> Examined | None:
    """By its packets alone, in one pass."""
    # A second block of armor is read by `split_bytes` only, so the keys are counted there once more. Sequoia's own question
    # for secrets is deprecated, and a `Tsk` is made of any certificate; the packets tell.
    found = Counter(int(one.tag) for one in PacketPile.from_bytes(raw))
    if any(count > MOST.get(tag, 0) for tag, count in found.items()):
        return Examined(Trouble.TOO_MANY_PARTS if found.keys() <= MOST.keys() else Trouble.NO_KEY)
    if sum(found[tag] for tag in PRIMARY) > 1:
        return Examined(Trouble.SEVERAL)
    return Examined(Trouble.YOURS_ALONE) if any(found[tag] for tag in SECRET) else None


def _examined(*keys: pysequoia.Cert) -> Examined:
    if len(keys) != 1:
        return Examined(Trouble.SEVERAL if keys else Trouble.NO_KEY)
    (key,) = keys
    if key.is_revoked:
        return Examined(Trouble.REVOKED)
    expires = None if key.expiration is None else key.expiration.astimezone(UTC)
    trouble = None if (expires and expires <= datetime.now(UTC)) or _encrypts(key) else Trouble.SIGNS_ONLY
    return Examined(trouble, key.fingerprint, bytes(key), _addresses(key), expires)


def _addresses(key: pysequoia.Cert) -> tuple[str, ...]:
    """A user id is free text, `Name <address>` by custom (RFC 9580 5.11)."""
    matches = (_ADDRESS.search(str(one)) for one in key.user_ids)
    return tuple(match[1] or match[2] for match in matches if match)


def _encrypts(key: pysequoia.Cert) -> bool:
    """Whether anything can be encrypted to it today: Sequoia says so only by doing it."""
    try:
        with sequoia():
            pysequoia.encrypt(b"", recipients=[key])
    except Refused:
        return False
    return True
