"""What entries are about: kept in the clear beside them, as ids and numbers, so that they are found without opening one.

Of one assignment the entry that gave it, what came back of it, and that it is asked no more; of a conversation its plan, by
version, and its exchange contract, as proposed and agreed; of a letter by who cares which kind it is. The words stay in the
entries, sealed as all others.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from messaging.ids import EntryId


class SubjectKind(StrEnum):
    """What an entry does with its subject."""

    ASSIGNED = "assigned"
    ENDED = "ended"
    ANSWERED = "answered"
    PLAN = "plan"
    ENDING = "ending"
    """It plans how care ends, or takes that away: the newest stands."""
    CONTRACT_PROPOSED = "contract_proposed"
    CONTRACT_YES = "contract_yes"
    """Somebody in care agreed, and others have still to."""
    CONTRACT_AGREED = "contract_agreed"
    """With this yes it holds."""
    THERAPEUTIC = "therapeutic"
    """What a letter by who cares is: beside the letter itself, or beside an entry that says so anew."""
    CLARIFICATION = "clarification"
    ADMINISTRATIVE = "administrative"


@dataclass(frozen=True, slots=True)
class Concern:
    """Effect: the entry is about this, as the n-th of its kind. Whoever comes second to a place is overtaken."""

    kind: SubjectKind
    about: UUID
    place: int = 0
    raised: bool = False
    """It stands first in the inbox of each clinician until they have read it (`inbox.heads`)."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something to be read first that nobody who cares there has read: which entry it is, and when it came."""

    number: int
    id: EntryId
    at: datetime
