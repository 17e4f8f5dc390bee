"""Whose business somebody is: an administrator's everybody, a clinician's their own clients, nobody's else anybody."""

from messaging.errors import NotFound
from messaging.ids import PersonId
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import Person, Role
from messaging.trust.roles import Task, must_do, tasks_of


def must_add(by: Person, role: Role) -> None:
    """Raises NotFound for who may not add somebody of this role."""
    must_do(by, Task.CLIENTS if role is Role.CLIENT else Task.STAFF)


async def charge_of(office: Office, by: Person, person: PersonId) -> StoredPerson:
    """The person, for who may add, invite and change them. Raises NotFound for everybody else, Busy."""
    found = await office.memory.people.find(by.practice, [person])
    if not found:
        raise NotFound
    must_add(by, found[0].role)
    if not sees_everybody(by) and person not in await office.memory.people.own_clients(by.practice, by.id):
        raise NotFound
    return found[0]


def sees_everybody(by: Person) -> bool:
    """Whether all people of the practice are their business."""
    return Task.STAFF in tasks_of(by.role)
