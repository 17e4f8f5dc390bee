"""Second factors and recovery codes as kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

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
