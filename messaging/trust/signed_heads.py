"""A signed head: how long a practice's audit trail was on a day and how it ended, in one line that is kept elsewhere.

A chain of keyed hashes does not show that its end was cut off, nor that all of it was made anew by whoever has the key of
the hash; a line that is out of their reach shows both. It is signed (Ed25519, RFC 8032) and not only hashed: an auditor
checks it by a public key, which opens and makes nothing.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORM: Final = b"quietline head 1"
"""What is signed begins with it: a signature for something else is none for a head."""


class NoHead(ValueError):
    """A line is no head."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """One line of the file. `link` is that of the trail's last line at the time."""

    at: datetime
    practice: UUID
    lines: int
    link: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def written(self) -> str:
        """As a line of JSON, without its end."""
        held = {"at": self.at.isoformat(), "practice": str(self.practice), "lines": self.lines}
        return json.dumps(held | {"head": self.link.hex(), "signature": self.signature.hex()})


class HeadSigner:
    """Signs heads of this installation, and knows its own."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> bytes:
        """What an auditor checks signatures by: 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, at: datetime, practice: UUID, lines: int, link: bytes) -> SignedHead:
        """The head of a practice's trail at a time."""
        return SignedHead(at, practice, lines, link, self._key.sign(_said(at, practice, lines, link)))

    def made(self, head: SignedHead) -> bool:
        """Whether it is one of ours, as we made it."""
        try:
            said = _said(head.at, head.practice, head.lines, head.link)
            self._key.public_key().verify(head.signature, said)
        except InvalidSignature:
            return False
        return True


def head_of(line: str) -> SignedHead:
    """A line as it was written. Raises NoHead."""
    try:
        held = json.loads(line)
        return SignedHead(
            at=datetime.fromisoformat(held["at"]),
            practice=UUID(held["practice"]),
            lines=int(held["lines"]),
            link=bytes.fromhex(held["head"]),
            signature=bytes.fromhex(held["signature"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoHead from None


def _said(at: datetime, practice: UUID, lines: int, link: bytes) -> bytes:
    return b"\n".join(
        (FORM, at.isoformat().encode(), str(practice).encode(), str(lines).encode(), link.hex().encode())
    )
