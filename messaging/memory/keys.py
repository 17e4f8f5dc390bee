"""Wrapped keys as kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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

    async def rewrap(self, practice: UUID, was: bytes, now: bytes) -> bool:
        """A practice's own key, wrapped anew. False when it is not `was` any more."""

    async def installation_key(self) -> bytes | None:
        """The wrapped key of this installation, None before the first start."""

    async def rewrap_installation(self, was: bytes, now: bytes) -> bool:
        """The installation's key, wrapped anew; no sheet of it is on paper then. False when it is not `was` any more."""

    async def sheet_kept_at(self) -> datetime | None:
        """Since when the recovery sheet of the present master key is known to be on paper."""

    async def keep_sheet(self, wrapped: bytes, at: datetime) -> bool:
        """It is, from now on. False when the installation's key is not `wrapped` any more."""
