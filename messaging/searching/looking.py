"""What is looked for and where, what is found, and who looks: the values that go to another process and come back.

It knows nothing of acts: the process that opens entries loads this, and little more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from messaging.ids import EntryId, PersonId, PracticeId
from messaging.memory.searching import Narrowed
from messaging.searching.opening import Hit
from messaging.trust.access import Pass

RESULTS: Final = 200
"""The newest are told. Nobody reads further; one more word leads on."""
SECONDS: Final = 10.0
"""For a search; what was found until then is told, and that it is not all."""


@dataclass(frozen=True, slots=True)
class Source:
    """A conversation to look through: by which way, and with which key."""

    held: Pass
    key: bytes = field(repr=False)
    newest: datetime
    entries: int
    """About how many; how work is shared out."""
    notes: Pass | None = None
    """The way to what is noted about it; None: not theirs to read."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and where."""

    person: PersonId
    practice: PracticeId
    sources: Sequence[Source]
    words: Sequence[str] = field(repr=False)
    narrowed: Narrowed = field(default_factory=Narrowed)
    own: bytes | None = field(default=None, repr=False)
    """The key of the person's process notes; None: it is not there, or there was never one."""
    results: int = RESULTS
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Found:
    """The newest hits, the newest first, and whether that is all there is."""

    hits: Sequence[Hit]
    complete: bool
    unreadable: Sequence[EntryId] = ()
    unreadable_notes: Sequence[UUID] = ()


class Finder(Protocol):
    """Looks through sealed entries in a process of its own, in turn, within `seconds`."""

    async def find(self, search: Search) -> Found:
        """Raises Busy, TooFast, and Conflict where a newer search of the same person took its place."""
