"""How the archive stands: base copies and changes, taken away while the server works (`threads/postgres/archiving`)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ArchiveStanding(StrEnum):
    """In a word, for who asks the server."""

    BEGINNING = "beginning"
    """No base copy is whole yet: what is taken away could not be restored."""
    GOING = "going"
    TROUBLE = "trouble"
    """Changes cannot be taken away, or no base copy made; log and doctor say why. The server works as ever."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look from outside finds."""

    fine: bool
    says: str


class Archive(Protocol):
    """An archive of the embedded database."""

    @property
    def standing(self) -> ArchiveStanding:
        """As seen by the loops of this process."""

    async def receive(self) -> None:
        """Takes changes away, until cancelled."""

    async def copy(self) -> None:
        """Makes base copies when they are due, until cancelled."""

    async def look(self) -> Look:
        """For the doctor."""
