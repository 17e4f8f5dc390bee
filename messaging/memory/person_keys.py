"""OpenPGP keys of people and practices, as kept."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from messaging.ids import PersonId, PracticeId
from messaging.trust.locks import KeySource, PublicKey, Standing


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
