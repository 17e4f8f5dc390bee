"""Who belongs to a conversation and what is asked about whom, as far as who looks may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from messaging.conversations import Conversation
from messaging.ids import ConversationId, PersonId
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.circles import arranged
from messaging.practice.from_start import LASTS, asked_of, stands
from messaging.record.reading import enter
from messaging.trust.access import Deed


@dataclass(frozen=True, slots=True)
class StartStands:
    """That it is asked whether somebody may read from the first word: until when, or how long since a no it is not.

    `since`: when the first of what they would read was written; told to who is asked.
    """

    until: datetime
    refused: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Belongs:
    """One member. `later`: they read from when they joined; None where that is not the looker's to know."""

    person: Person
    later: bool | None = None
    start: StartStands | None = None


async def who_belongs(office: Office, by: Person, conversation: ConversationId) -> Sequence[Belongs]:
    """Members, with what is asked about them: all of it for who arranges them, for a client what they have still to answer.

    Nobody is told whose yes is missing: where one is, a no that follows would have a name. Raises NotFound, Busy.
    """
    if by.role is Role.CLIENT:
        return await _for_client(office, by, conversation)
    circle = await arranged(office, by, conversation)
    standing = _standing(circle.conversation, office.clock())
    return [
        Belongs(circle.people[one.person], one.first_number > 1, standing.get(one.person))
        for one in circle.conversation.members
        if one.person in circle.people
    ]


async def _for_client(office: Office, by: Person, conversation: ConversationId) -> Sequence[Belongs]:
    held, circle = await enter(office, by, conversation, Deed.READ)
    standing = _standing(circle.conversation, office.clock())
    asked = {
        one.person: StartStands(standing[one.person].until, since=one.since)
        for one in await asked_of(office, held, circle.conversation)
        if one.person in standing
    }
    return [Belongs(person, start=asked.get(person.id)) for person in circle.people.values()]


def _standing(conversation: Conversation, now: datetime) -> dict[PersonId, StartStands]:
    found = {one.person: stands(one, now) for one in conversation.members}
    return {who: StartStands(asked.at + LASTS, asked.refused) for who, asked in found.items() if asked}
