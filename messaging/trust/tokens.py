"""Sign-in tokens: 256 random bits for the bearer, only their SHA-256 in the database.

A token names its practice in clear, so that the row can be found under row-level security without a look-up across
practices. The name is worth nothing without the secret: the hash covers both.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.ids import PracticeId

SECRET_BYTES: Final = 32
TOKEN_LENGTH: Final = 64
"""Characters: 16 + 32 bytes in base64url without padding."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer's secret. `text` is shown to the bearer once; only `hash` is kept."""

    practice: PracticeId
    text: str = field(repr=False)
    hash: bytes = field(repr=False)


def new_token(practice: PracticeId, secret: bytes) -> Token:
    """A token of fresh random bytes."""
    text = base64.urlsafe_b64encode(practice.bytes + secret).decode()
    return Token(practice, text, _hash(text))


def read_token(text: str) -> Token | None:
    """The token a bearer shows, or None when it cannot be one."""
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError:
        return None
    if len(raw) != 16 + SECRET_BYTES:
        return None
    return Token(PracticeId(UUID(bytes=raw[:16])), text, _hash(text))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
