"""OpenPGP as the acts know it: whose key a mail is locked with, and the ports to computing with keys and keeping them."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from messaging.ids import PersonId, PracticeId


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
class StoredKey:
    """A person's key as kept. Certificates name people, so they are sealed, with what was found in them."""

    fingerprint: str
    source: KeySource
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's key, open."""

    key: PublicKey
    source: KeySource
    at: datetime


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


class PersonKeys(Protocol):
    """Where keys are kept."""

    async def of_person(self, practice: PracticeId, person: PersonId, standing: Standing) -> StoredKey | None:
        """The person's key of this standing."""

    async def keep(self, practice: PracticeId, person: PersonId, standing: Standing, key: StoredKey) -> None:
        """Instead of any earlier one of this standing."""

    async def forget(self, practice: PracticeId, person: PersonId, standing: Standing) -> bool:
        """No longer used. False when there was none."""

    async def first_sender(self, practice: PracticeId, mark: bytes, person: PersonId) -> PersonId:
        """Who was the first to send us this locked letter: `person`, unless somebody was before."""

    async def of_practice(self, practice: PracticeId) -> bytes | None:
        """The practice's own secret key, sealed."""

    async def keep_of_practice(self, practice: PracticeId, sealed: bytes, at: datetime) -> bytes:
        """Keeps it unless another node was faster; returns the one that stands."""
