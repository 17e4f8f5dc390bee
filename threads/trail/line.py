"""One line of the audit trail, and what its keyed hash covers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from messaging.ids import PersonId, PracticeId


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
