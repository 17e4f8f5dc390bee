"""Promises that have passed, by who answers: how many and since when. Never whose letter it is, or a word of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from messaging.conversations import Conversation
from messaging.errors import NotFound
from messaging.ids import PersonId
from messaging.leaving.promises import promise_of
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.overseeing import relations
from messaging.record.reading import people_named


@dataclass(frozen=True, slots=True)
class Overdue:
    """So many conversations wait for a clinician whose promise has passed, the first of them since then."""

    clinician: Person
    count: int
    since: datetime


async def overdue_of(office: Office, administrator: Person) -> list[Overdue]:
    """Who is late, with the most first. Raises NotFound for who does not administer, Busy."""
    practice = await office.memory.people.practice(administrator.practice)
    if practice is None or administrator.role is not Role.ADMINISTRATOR:
        raise NotFound
    late: defaultdict[PersonId, list[datetime]] = defaultdict(list)
    now = office.clock()
    for one in await relations(office, practice.id):
        promise = promise_of(practice, one)
        if promise is not None and promise < now:
            for clinician in answering(one):
                late[clinician].append(promise)
    named = await people_named(office, practice.id, late)
    found = [Overdue(named[who], len(passed), min(passed)) for who, passed in late.items() if who in named]
    return sorted(found, key=lambda one: (-one.count, one.since))


def answering(conversation: Conversation) -> tuple[PersonId, ...]:
    """Who is to answer: who was named for it; else all who care and do not only look on."""
    if conversation.assignee is not None:
        return (conversation.assignee,)
    caring = [one for one in conversation.members if one.role.is_clinician]
    return tuple(one.person for one in caring if one.role is not Role.SUPERVISOR) or tuple(
        one.person for one in caring
    )
