"""OpenPGP as the acts know it: whose key a mail is locked with, and the port to computing with keys."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class KeySource(StrEnum):
    """How a person's key came to us."""

    UPLOAD = "upload"
    WKD = "wkd"
    """Looked up at their provider, on their wish."""
    AUTOCRYPT = "autocrypt"
    """It came with a letter that was theirs beyond doubt."""


class Standing(StrEnum):
    """Whether mail is locked with a key, or it only came along and nobody has decided about it."""

    CURRENT = "current"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a key when it was examined: what its owner signed onto it never changes in what we keep."""

    addresses: tuple[str, ...] = field(repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An OpenPGP certificate. `fingerprint` is its primary key's, in small hexadecimal digits."""

    fingerprint: str
    certificate: bytes = field(repr=False)
    found: Findings | None = None
    """None: it was not examined, being our own, or kept by an earlier version of this program."""


@dataclass(frozen=True, slots=True)
class Locks:
    """What a mail is locked with: encrypted to `theirs`, signed with `ours`, the practice's secret key."""

    theirs: PublicKey
    ours: bytes = field(repr=False)


class Locksmith(Protocol):
    """Computes with keys (the floor above knows how)."""

    def new_key(self, name: str, address: str) -> bytes:
        """A practice's own secret key."""

    def public(self, secret: bytes) -> PublicKey:
        """What everybody may know of it."""

    def armored(self, key: PublicKey) -> str:
        """A certificate as the text that programs exchange."""

    def named(self, raw: bytes) -> str | None:
        """The fingerprint of what claims to be a key: enough to know one that was looked at before. At no cost."""

    def examined(self, raw: bytes, address: str, at: datetime) -> Awaitable[PublicKey]:
        """A key somebody hands in for their address, if mail can be locked with it at `at`.

        Raises Malformed, in words for its owner, for what is no key, a secret one, one for another address, or one that
        has expired, was revoked, or cannot encrypt. Raises Busy when too many wait.
        """

    def usable(self, key: PublicKey, address: str, at: datetime) -> Awaitable[PublicKey]:
        """A key that was examined before, if it is for this address and its time is not over. Raises as `examined`."""
