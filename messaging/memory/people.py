"""Practices and people as kept, and the directory that says whose a name is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import (
    PersonId,
    PracticeId,
)
from messaging.memory.keys import OwnerKey
from messaging.people import EmailMode, Practice, Role


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person as kept: `sealed` holds name, username and address."""

    practice: PracticeId
    id: PersonId
    role: Role
    email_mode: EmailMode
    active: bool
    created_at: datetime
    password_hash: str | None = field(repr=False)
    sealed: bytes = field(repr=False)
    added_by: PersonId | None = None
    """The clinician who added this client and has not begun to write with them yet."""
    second_factor: bool = False
    grace_until: datetime | None = None
    """Until when who must have a second factor may go without."""
    hat_of: PersonId | None = None
    """Whose second hat this is."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What becomes of somebody's details. `found_under`: the keyed hash of the old address and of the new, if it changes."""

    was: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    email_mode: EmailMode
    found_under: tuple[bytes | None, bytes | None] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NewStoredPerson:
    """A new person with their key, and the keyed hashes (kind, hash) under which they are found."""

    person: StoredPerson
    key: OwnerKey
    names: Sequence[tuple[str, bytes]] = field(repr=False)


class People(Protocol):
    """Practices and those who sign in."""

    async def practice(self, practice: PracticeId) -> Practice | None:
        """One practice."""

    async def create_practice(
        self, practice: Practice, key: OwnerKey, slug_hash: bytes, at: datetime
    ) -> None:
        """A new practice with its key. Raises Conflict when the slug is taken."""

    async def find(self, practice: PracticeId, ids: Sequence[PersonId]) -> list[StoredPerson]:
        """Those of the ids that exist."""

    async def hats_of(self, practice: PracticeId, person: PersonId) -> list[StoredPerson]:
        """The second hats of somebody."""

    async def all(self, practice: PracticeId) -> list[StoredPerson]:
        """Everyone of a practice."""

    async def found(
        self,
        practice: Practice,
        key: OwnerKey,
        slug_hash: bytes,
        first: Sequence[NewStoredPerson],
        at: datetime,
    ) -> None:
        """A new practice and its first person with their hats: all or none. Raises Conflict when the slug is taken."""

    async def create(self, new: NewStoredPerson, at: datetime) -> None:
        """A new person. Raises Conflict when a name of theirs is taken."""

    async def set_password(self, practice: PracticeId, person: PersonId, encoded: str) -> None:
        """Replaces the password's hash."""

    async def change(
        self, practice: PracticeId, person: PersonId, change: PersonChange, at: datetime
    ) -> bool:
        """Other details. With another address the reply addresses of the old one end. False when they are others by now."""

    async def set_active(self, practice: PracticeId, person: PersonId, active: bool, at: datetime) -> bool:
        """Whether they are here. Who leaves loses sign-ins, reply addresses, offered hours. False when it was so."""

    async def own_clients(self, practice: PracticeId, clinician: PersonId) -> set[PersonId]:
        """Clients they write with now, and those they added with whom nobody writes yet."""

    async def pass_on(self, practice: PracticeId, added_by: PersonId, to: PersonId) -> None:
        """Clients they have added and nobody writes with yet are another's from now on."""

    async def set_email_mode(self, practice: PracticeId, person: PersonId, mode: EmailMode) -> None:
        """What our mail to them may say from now on."""

    async def set_practice(self, practice: Practice) -> None:
        """Its name, clock and numbers. What it has promised is looked at again."""

    async def reseal(self, practice: PracticeId, person: PersonId, was: bytes, sealed: bytes) -> bool:
        """Other details in the place of those that are known. False when they are others by now."""


class Directory(Protocol):
    """Which practice does a name, address or token belong to? Keyed hashes and ids only."""

    async def find(self, kind: str, hashed: bytes) -> list[tuple[PracticeId, UUID]]:
        """All practices and targets known under this hash."""

    async def find_many(self, kind: str, hashes: Sequence[bytes]) -> Mapping[bytes, tuple[PracticeId, UUID]]:
        """The practice and target of each hash that is known, for thousands at once."""

    async def practices(self) -> list[PracticeId]:
        """Every practice of the installation."""

    async def erased_practices(self) -> list[PracticeId]:
        """Those that were erased: ids alone, so that their trails are still found."""
