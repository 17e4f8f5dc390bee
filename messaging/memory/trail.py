"""The audit trail as the acts write it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import PersonId, PracticeId
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened a conversation."""

    person: PersonId
    at: datetime
    handed_out: bool = False
    """At the machine, as a file, by whoever runs it; `reason` is what they said it was for."""
    reason: str = ""


class Trail(Protocol):
    """The audit trail: append-only, chained."""

    def note(
        self, practice: PracticeId, at: datetime, actor: PersonId, action: str, subject: UUID | None
    ) -> Awaitable[None]:
        """Appends one line; resolves after the commit."""

    async def openings(self, held: Pass, limit: int) -> list[Opening]:
        """Who opened the conversation, and when, the newest first."""

    async def verify(self, practice: PracticeId) -> tuple[int, int | None]:
        """How many lines stand, and the first that does not fit the chain; one more where its end was cut off."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, to what, when."""

    practice: PracticeId
    at: datetime
    actor: PersonId
    action: str
    subject: UUID | None

    def canonical(self, seq: int) -> bytes:
        """What the hash covers."""
        subject = self.subject.bytes if self.subject else b"\x00" * 16
        moment = int(self.at.timestamp() * 1_000_000).to_bytes(8, "big")
        return b"".join(
            (
                self.practice.bytes,
                seq.to_bytes(8, "big"),
                moment,
                self.actor.bytes,
                subject,
                self.action.encode(),
            )
        )
