"""Who has opened a conversation, or made a file of it: its client may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.ids import SYSTEM, ConversationId
from messaging.memory.trail import Opening
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import enter, people_named
from messaging.trust.access import Deed, Pass

OPERATOR: Final = "[Whoever runs the server]"
"""Made a file of the record at the machine itself; the trail knows no name of theirs."""
SHOWN: Final = 500
"""Of the newest openings: what is older is in the trail, which the practice keeps."""


@dataclass(frozen=True, slots=True)
class ReaderSeen:
    """`at` None: somebody who belongs to the conversation. When they read is theirs to keep, as everybody's read mark is."""

    person: Person
    at: datetime | None = None
    reason: str = ""
    """What whoever runs the server said it was for."""
    locked: bool = False
    """They had it put into an archive of the practice, which they cannot open: whoever has the master key can."""


async def readers_of(office: Office, person: Person, conversation: ConversationId) -> list[ReaderSeen]:
    """Everybody else who opened it: members once each, others each time, the newest first. Raises NotFound, Busy.

    For its clients alone: a clinician's trail is the practice's to look at.
    """
    if person.role is not Role.CLIENT:
        raise NotFound
    held, circle = await enter(office, person, conversation, Deed.READ)
    found = [one for one in await office.memory.trail.openings(held, SHOWN) if one.person != person.id]
    members = dict.fromkeys(one.person for one in found if one.person in circle.people)
    others = await _others(office, held, circle, found)
    return [*(ReaderSeen(circle.people[one]) for one in members), *others]


async def opened_by_others(office: Office, held: Pass, circle: Circle) -> list[ReaderSeen]:
    """Who opened it and does not belong to it, each time, the newest first, for who cares. Raises NotFound, Busy.

    When members read is theirs to keep, from each other too.
    """
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    return await _others(office, held, circle, await office.memory.trail.openings(held, SHOWN))


async def _others(office: Office, held: Pass, circle: Circle, found: Sequence[Opening]) -> list[ReaderSeen]:
    others = [one for one in found if one.person not in circle.people]
    operator = Person(held.practice, SYSTEM, Role.ADMINISTRATOR, OPERATOR)
    named = {SYSTEM: operator} | await people_named(office, held.practice, {one.person for one in others})
    return [
        ReaderSeen(named[one.person], one.at, one.reason, one.locked) for one in others if one.person in named
    ]
