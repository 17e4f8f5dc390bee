"""Overseeing: what an administrator sees of a practice. Who is here and whether promises are kept; never a word."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from messaging.conversations import Conversation
from messaging.entrance.hats import administers
from messaging.errors import NotFound
from messaging.ids import PersonId, PracticeId
from messaging.leaving.promises import promise_of
from messaging.office import Office
from messaging.people import Person, Practice, Role
from messaging.practice.joining import Listed, listed
from messaging.trust.noted import Noted


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
    await office.memory.trail.note(practice.id, office.clock(), administrator.id, Noted.LISTED_PEOPLE, None)
    stored = await office.memory.people.all(practice.id)
    found = await relations(office, practice.id)
    within = _by_person(found)
    overdue = _by_person([one for one in found if _is_late(office, practice, one)])
    others = _others(found)
    return [
        Overview(one, within[one.person.id], overdue[one.person.id], others[one.person.id])
        for one in await listed(office, practice.id, stored)
    ]


async def relations(office: Office, practice: PracticeId) -> list[Conversation]:
    """Every conversation that somebody cares in, by one question: who belongs to it, and no word of it. Raises Busy."""
    return await office.memory.conversations.cared_for(practice)


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


async def note_mail_tried(office: Office, person: Person) -> None:
    """Somebody who administers sends themselves a test mail. Raises NotFound for whom that is not, Busy."""
    if not await administers(office, person):
        raise NotFound
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.MAIL_TRIED, None)
