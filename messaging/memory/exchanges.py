"""What the exchange contract asks of memory: the answers that came, and what kind each is said to be. No word of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from messaging.conversations import AnswerRule
from messaging.ids import EntryId, PersonId
from messaging.trust.access import Way


class ReplyKind(StrEnum):
    """What a letter by who cares is. Only the work itself is counted as an exchange."""

    THERAPEUTIC = "therapeutic"
    CLARIFICATION = "clarification"
    ADMINISTRATIVE = "administrative"


@dataclass(frozen=True, slots=True)
class Reply:
    """A letter by who cares. `said`: how often it was said anew what it is."""

    number: int
    id: EntryId
    author: PersonId
    at: datetime
    kind: ReplyKind = ReplyKind.THERAPEUTIC
    said: int = 0


@dataclass(frozen=True, slots=True)
class AnswerBy:
    """Effect: letters are answered by this rule from now on."""

    rule: AnswerRule


class Exchanges(Protocol):
    """Letters by who cares, by web or by mail, as numbers and times."""

    async def replies(self, way: Way, after: int) -> Sequence[Reply]:
        """Those of the conversation with numbers above `after`, in order, whichever of them the asker may read."""
