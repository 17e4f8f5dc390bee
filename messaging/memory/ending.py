"""What is erased, and the ledger that keeps it erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from messaging.ids import PracticeId


class Erasable(StrEnum):
    """What can be erased as a whole."""

    CONVERSATION = "conversation"
    PERSON = "person"
    """A client: their own conversations whole, and their words in those they share with other clients."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """One thing to be erased, and since when it is. Ids only: what it was can be told by nobody."""

    what: Erasable
    practice: PracticeId
    id: UUID
    at: datetime


Counts = Mapping[str, int]
"""Rows, by the name of their table."""


class Ledger(Protocol):
    """Outside the database and its backups, so that what was erased stays so whatever is restored."""

    def must_take(self) -> None:
        """Raises LedgerTrouble where nothing can be entered."""

    def enter(self, one: Erasing) -> None:
        """Kept on disk when it returns. Raises LedgerTrouble."""

    def entered(self) -> Sequence[Erasing]:
        """All of it, the oldest first. Raises LedgerTrouble."""


class LedgerTrouble(Exception):
    """The file cannot be used; one line for the operator."""


class Endings(Protocol):
    """Erasing, as memory does it: rows are deleted, keys destroyed, nothing of it is left but ids in the audit trail."""

    async def weigh(self, one: Erasing) -> Counts | None:
        """What erasing it would delete; None where there is no such thing. Changes nothing."""

    async def live(self, one: Erasing) -> bool:
        """Whether somebody writes in it right now: in a live session."""

    async def erase(self, one: Erasing) -> Counts:
        """Erases it, whole or not at all. Again: nothing happens."""

    async def still_standing(self, entered: Sequence[Erasing]) -> Sequence[Erasing]:
        """Those of what was erased that are here nonetheless: a backup of before was restored."""
