"""What is sealed of a note, where each kind lives, and under whose key."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from messaging.ids import PracticeId, SessionId
from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.record.placing import EPOCH
from messaging.trust.encryption import Place

PROGRESS: Final = "progress_notes.sealed"
PROCESS: Final = "process_notes.sealed"
PURPOSE: Final = "process notes"


def own_key_id(author: UUID) -> UUID:
    """Whose key it is, as keys are kept by."""
    return uuid5(author, PURPOSE)


@dataclass(frozen=True, slots=True)
class Inside:
    """What is sealed of a note."""

    text: str = field(repr=False)
    session: SessionId | None = None

    def encoded(self) -> bytes:
        """As it is sealed."""
        kept: dict[str, Any] = {"t": self.text}
        if self.session is not None:
            kept["s"] = str(self.session)
        return json.dumps(kept, ensure_ascii=False).encode()

    @classmethod
    def decoded(cls, plain: bytes) -> "Inside":
        """The same, opened."""
        kept = json.loads(plain)
        session = kept.get("s")
        return cls(kept["t"], SessionId(UUID(session)) if session else None)


def progress_place(practice: PracticeId, stored: StoredProgress) -> Place:
    """Where a version lives, bound to its number, its author and its times."""
    facts = facts_of(stored.author, stored.version, stored.made_at, stored.at)
    return Place(PROGRESS, practice, stored.conversation, stored.id, facts)


def process_place(practice: PracticeId, stored: StoredProcess) -> Place:
    """Under the author's key, bound to the conversation, the author and the times."""
    facts = facts_of(stored.author, stored.conversation, stored.made_at, stored.at)
    return Place(PROCESS, practice, own_key_id(stored.author), stored.id, facts)


def facts_of(author: UUID, *beside: int | datetime | UUID) -> bytes:
    """What stands in the clear beside a note, bound to it: 16 octets an id, 8 a number or a time (microseconds)."""
    parts = [author.bytes]
    for one in beside:
        if isinstance(one, UUID):
            parts.append(one.bytes)
        else:
            number = one if isinstance(one, int) else (one - EPOCH) // timedelta(microseconds=1)
            parts.append(number.to_bytes(8, "big", signed=True))
    return b"".join(parts)
