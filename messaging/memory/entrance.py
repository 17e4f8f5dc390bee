"""What somebody comes in by beside a password, and by which way back without it, as kept: asked in parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import PersonId, PracticeId


@dataclass(frozen=True, slots=True)
class StoredFactor:
    """The sealed secret in use, and one that is offered and not yet confirmed."""

    sealed: bytes | None = field(repr=False)
    offered: bytes | None = field(repr=False)


class SecondFactors(Protocol):
    """Codes beside the password."""

    async def find(self, practice: PracticeId, person: PersonId) -> StoredFactor | None:
        """What is kept of somebody's."""

    async def offer(self, practice: PracticeId, person: PersonId, sealed: bytes) -> None:
        """A secret that its owner must confirm by a code of it; the one in use stays until then."""

    async def confirm(self, practice: PracticeId, person: PersonId, offered: bytes, step: int) -> bool:
        """What was offered is in use from now on, the code of this step is spent. False when it is offered no more."""

    async def spend(self, practice: PracticeId, person: PersonId, step: int) -> bool:
        """The code of this step is spent, with all before it. False when it was: a code counts once (RFC 6238, 5.2)."""

    async def end(self, practice: PracticeId, person: PersonId) -> None:
        """Signing in takes no code any more; recovery codes go with it."""

    async def keep_codes(self, practice: PracticeId, person: PersonId, hashes: Sequence[bytes]) -> None:
        """These recovery codes, and none that were before."""

    async def spend_code(self, practice: PracticeId, person: PersonId, hashed: bytes, at: datetime) -> bool:
        """A recovery code is used. False when it is none, or was used before."""

    async def count_codes(self, practice: PracticeId, person: PersonId) -> int:
        """How many are left."""


@dataclass(frozen=True, slots=True)
class StoredWayBack:
    """How it stands with somebody who has lost a password. Times are UTC; None: not so."""

    practice: PracticeId
    person: PersonId
    link_until: datetime | None
    wished_at: datetime | None
    yes_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredPhrase:
    """`hashed`: as a password is kept."""

    hashed: str = field(repr=False)
    made_at: datetime


class WaysBack(Protocol):
    """One a person. Tokens are known by their hashes alone."""

    async def find(self, practice: PracticeId, person: PersonId) -> StoredWayBack | None:
        """How it stands with them."""

    async def by_link(self, practice: PracticeId, hashed: bytes) -> StoredWayBack | None:
        """Whose link this is, whether it still counts or not."""

    async def keep_link(self, practice: PracticeId, person: PersonId, hashed: bytes, until: datetime) -> None:
        """A fresh link; the former opens nothing any more."""

    async def spend_link(self, practice: PracticeId, hashed: bytes) -> bool:
        """The link is used, and the wish over with it. True for the one caller who used it."""

    async def wish(self, practice: PracticeId, person: PersonId, at: datetime) -> bool:
        """Somebody is asked for their yes. False when somebody is already."""

    async def say_yes(
        self, practice: PracticeId, person: PersonId, by: PersonId, at: datetime, stop: bytes
    ) -> bool:
        """The wait begins; `stop`: what ends it from outside. False when nobody wishes, or yes was said."""

    async def stop(self, practice: PracticeId, hashed: bytes) -> PersonId | None:
        """Ends what this stops; whose it was."""

    async def end(self, practice: PracticeId, person: PersonId) -> bool:
        """Neither link nor wish any more. False when there was none."""

    async def wished(self, practice: PracticeId) -> list[StoredWayBack]:
        """Those of the practice who wish, longest first: few, and nearly always none."""

    async def phrase(self, practice: PracticeId, person: PersonId) -> StoredPhrase | None:
        """Their recovery phrase."""

    async def keep_phrase(self, practice: PracticeId, person: PersonId, hashed: str, at: datetime) -> None:
        """A fresh one; the former is none any more."""


@dataclass(frozen=True, slots=True)
class StoredPasskey:
    """A key of somebody's device. `signs`: how often it says it has signed; 0 where it does not count."""

    practice: PracticeId
    id: UUID
    person: PersonId
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    signs: int
    device: str
    created_at: datetime
    used_at: datetime | None = None


class Passkeys(Protocol):
    """Keys of people's own devices."""

    async def add(self, passkey: StoredPasskey, *, is_factor: bool) -> None:
        """One more. `is_factor`: from now on their password alone lets nobody in. Raises Conflict where it is known."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[StoredPasskey]:
        """Theirs, oldest first."""

    async def find(self, practice: PracticeId, credential: bytes) -> StoredPasskey | None:
        """By what the device calls it."""

    async def answered(self, passkey: StoredPasskey, challenged: int, signs: int, at: datetime) -> bool:
        """It answered the challenge of this microsecond. False when it answered that one, or a later one, before."""

    async def remove(self, practice: PracticeId, person: PersonId, passkey: UUID, *, one_stays: bool) -> bool:
        """It lets nobody in any more. False when they have none of this id. `one_stays`: raises Conflict for the last."""

    async def remove_all(self, practice: PracticeId, person: PersonId) -> None:
        """None of theirs does."""
