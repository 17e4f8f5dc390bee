"""Wrapped keys as kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """A wrapped data key to be kept with what it belongs to."""

    owner: UUID
    wrapped: bytes = field(repr=False)


class Keys(Protocol):
    """Wrapped keys."""

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        """The wrapped key of an owner."""

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> Mapping[UUID, bytes]:
        """Those of the owners that have a key."""
