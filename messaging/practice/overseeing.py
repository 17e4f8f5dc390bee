"""Overseeing: what an administrator sees of a practice. Who is here and whether promises are kept; never a word."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from messaging.conversations import Conversation
from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId, PersonId
from messaging.leaving.promises import promise_of
from messaging.leaving.wishes import known_zone
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import HelpNumber, Person, Practice, Role
from messaging.practice.founding import checked_name
from messaging.practice.joining import Listed, listed
from messaging.trust.roles import Task, must_do

NUMBERS: Final = 12
"""Of a practice's own: who needs one must find it at a glance."""
NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()/-]{1,38}")


@dataclass(frozen=True, slots=True)
class Overview:
    """One person, and how many conversations they are in; `overdue` are those whose promise has passed.

    `others`: by id, whom a client writes with, or which clients a clinician has.
    """

    listed: Listed = field(repr=False)
    conversations: int
    overdue: int
    others: frozenset[PersonId] = frozenset()

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.listed.person


async def everyone(office: Office, administrator: Person) -> list[Overview]:
    """The people of the administrator's practice by name. That they were listed is noted. Raises NotFound."""
    practice = await office.memory.people.practice(administrator.practice)
    if practice is None or administrator.role is not Role.ADMINISTRATOR:
        raise NotFound
    await office.memory.trail.note(practice.id, office.clock(), administrator.id, "listed_people", None)
    stored = await office.memory.people.all(practice.id)
    relations = await _relations(office, practice, stored)
    within = _by_person(relations)
    overdue = _by_person([one for one in relations if _is_late(office, practice, one)])
    others = _others(relations)
    return [
        Overview(one, within[one.person.id], overdue[one.person.id], others[one.person.id])
        for one in await listed(office, practice.id, stored)
    ]


@dataclass(frozen=True, slots=True)
class PracticeChanges:
    """What is to be otherwise of a practice; None stays as it is."""

    name: str | None = None
    time_zone: str | None = None
    numbers: tuple[HelpNumber, ...] | None = None


async def change_practice(office: Office, by: Person, changes: PracticeChanges) -> Practice:
    """From now on: every promise is by its hours on its clock. Raises NotFound, Malformed, Busy."""
    must_do(by, Task.PRACTICE)
    practice = await office.memory.people.practice(by.practice)
    if practice is None:
        raise NotFound
    if changes.time_zone is not None:
        known_zone(changes.time_zone)
    now = replace(
        practice,
        name=practice.name if changes.name is None else checked_name(changes.name),
        time_zone=changes.time_zone or practice.time_zone,
        numbers=practice.numbers if changes.numbers is None else checked_numbers(changes.numbers),
    )
    if now != practice:
        await office.memory.trail.note(practice.id, office.clock(), by.id, "practice_changed", None)
        await office.memory.people.set_practice(now)
    return now


def checked_numbers(numbers: tuple[HelpNumber, ...]) -> tuple[HelpNumber, ...]:
    """As they are kept. Raises Malformed."""
    if len(numbers) > NUMBERS:
        raise Malformed(f"There is room for {NUMBERS} numbers.")
    checked = []
    for one in numbers:
        if not NUMBER.fullmatch(one.number.strip()):
            raise Malformed("A telephone number has digits, blanks, hyphens and at most one plus.")
        when = checked_name(one.when) if one.when.strip() else ""
        checked.append(HelpNumber(checked_name(one.name), one.number.strip(), when))
    return tuple(checked)


async def _relations(
    office: Office, practice: Practice, people: Iterable[StoredPerson]
) -> list[Conversation]:
    """Every conversation that somebody cares in; the words that come with it stay sealed."""
    found: dict[ConversationId, Conversation] = {}
    for one in people:
        if one.role.is_clinician:
            rows = await office.memory.inboxes.of_person(practice.id, one.id)
            found |= {row.conversation.id: row.conversation for row in rows}
    return list(found.values())


def _is_late(office: Office, practice: Practice, conversation: Conversation) -> bool:
    promise = promise_of(practice, conversation)
    return promise is not None and promise < office.clock()


def _by_person(conversations: Iterable[Conversation]) -> Counter[PersonId]:
    return Counter(member.person for one in conversations for member in one.members)


def _others(conversations: Iterable[Conversation]) -> defaultdict[PersonId, frozenset[PersonId]]:
    """The other side of each: those who care for a client, and those in care of a clinician."""
    found: defaultdict[PersonId, frozenset[PersonId]] = defaultdict(frozenset)
    for one in conversations:
        for member in one.members:
            found[member.person] |= {
                other.person
                for other in one.members
                if other.role.is_clinician is not member.role.is_clinician
            }
    return found
