"""Handing over: whoever leaves a practice leaves nobody without somebody who answers."""

from dataclasses import dataclass

from messaging.errors import NotFound
from messaging.ids import PersonId
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import Person
from messaging.practice.caseload import charge_of
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from messaging.practice.taking_on import must_care
from messaging.trust.roles import Task, must_do


@dataclass(frozen=True, slots=True)
class Successor:
    """Who cares from now on. `from_start`: they read what was written before; who says so vouches for the clients' yes."""

    person: PersonId
    from_start: bool = False


async def leave_practice(
    office: Office, by: Person, person: PersonId, successor: Successor | None = None
) -> int:
    """Somebody leaves the practice; what they cared for is the successor's first. How many conversations that were.

    Cut off in the middle it goes on where it stood when it is asked for once more: who is still theirs is handed over, and
    only then are they out. Raises NotFound, LastOne, Busy.
    """
    stored = await charge_of(office, by, person)
    handed = 0 if successor is None else await _hand_over(office, by, stored, successor)
    await change_person(office, by, person, Changes(active=False))
    return handed


async def _hand_over(office: Office, by: Person, leaving: StoredPerson, successor: Successor) -> int:
    must_do(by, Task.STAFF)
    if successor.person == leaving.id or not leaving.role.is_clinician:
        raise NotFound
    await must_care(office, by, successor.person)
    rows = await office.memory.inboxes.of_person(by.practice, leaving.id)
    for row in rows:
        conversation = row.conversation.id
        # First the one, then the other: at no moment does nobody care.
        await join_circle(office, by, conversation, successor.person, from_start=successor.from_start)
        await leave_circle(office, by, conversation, leaving.id)
    await office.memory.people.pass_on(by.practice, leaving.id, successor.person)
    return len(rows)
