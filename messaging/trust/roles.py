"""Who may do what in a practice: one table by role. What is done in a conversation has its own (`access`)."""

from enum import StrEnum
from typing import Final, assert_never

from messaging.errors import NotFound
from messaging.people import Person, Role


class Task(StrEnum):
    """What somebody may do for a practice."""

    CLIENTS = "clients"
    """Add, invite, change and let go clients: administrators all of them, clinicians their own (`practice.caseload`)."""
    STAFF = "staff"
    """The same for those who work here."""
    CIRCLES = "circles"
    """Say who writes with whom, and when letters are answered."""
    PRACTICE = "practice"
    """Its name, its clock, its numbers."""


NOTHING: Final[frozenset[Task]] = frozenset()


def tasks_of(role: Role) -> frozenset[Task]:
    """The table."""
    match role:
        case Role.ADMINISTRATOR:
            return frozenset(Task)
        case Role.THERAPIST | Role.PSYCHIATRIST:
            return frozenset({Task.CLIENTS, Task.CIRCLES})
        case Role.SUPERVISOR | Role.CLIENT:
            return NOTHING
        case _:
            assert_never(role)


def must_do(person: Person, task: Task) -> None:
    """Raises NotFound for whom the task is not: what is not theirs looks like what is not there."""
    if task not in tasks_of(person.role):
        raise NotFound
