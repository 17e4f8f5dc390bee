"""Overseeing: what an administrator sees of a practice. Who is here and whether promises are kept; never a word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from messaging.conversations import Conversation
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId
from messaging.leaving.promises import promise_of
from messaging.leaving.wishes import known_zone
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import NO_DETAILS, Person, Practice, Role
from messaging.record.reading import details_of, person_named
from messaging.trust.encryption import CannotOpen


@dataclass(frozen=True, slots=True)
class Overview:
    """One person, and how many conversations they are in; `overdue` are those whose promise has passed."""

    person: Person
    stored: StoredPerson = field(repr=False)
    username: str = field(repr=False)
    conversations: int
    overdue: int


async def everyone(office: Office, administrator: Person) -> list[Overview]:
    """The people of the administrator's practice by name. That they were listed is noted. Raises NotFound."""
    practice = await office.memory.people.practice(administrator.practice)
    if practice is None or administrator.role is not Role.ADMINISTRATOR:
        raise NotFound
    await office.memory.trail.note(practice.id, office.clock(), administrator.id, "listed_people", None)
    stored = await office.memory.people.all(practice.id)
    await office.keyring.prefetch(practice.id, [one.id for one in stored])
    relations = await _relations(office, practice, stored)
    late = [one for one in relations if _is_late(office, practice, one)]
    within, overdue = _by_person(relations), _by_person(late)
    found = [
        Overview(
            await person_named(office, one),
            one,
            await _username(office, one),
            within[one.id],
            overdue[one.id],
        )
        for one in stored
    ]
    return sorted(found, key=lambda one: one.person.name.casefold())


async def move_practice(office: Office, administrator: Person, time_zone: str) -> None:
    """The practice's clock from now on: every promise is by its hours there. Raises NotFound, Malformed."""
    if administrator.role is not Role.ADMINISTRATOR:
        raise NotFound
    known_zone(time_zone)
    practice = administrator.practice
    await office.memory.trail.note(practice, office.clock(), administrator.id, "time_zone_chosen", None)
    await office.memory.people.set_time_zone(practice, time_zone)


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


async def _username(office: Office, stored: StoredPerson) -> str:
    try:
        return (await details_of(office, stored)).username
    except (CannotOpen, *NO_DETAILS):  # shown with a name that says so; the others must not disappear with it
        return ""
