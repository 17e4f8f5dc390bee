"""Taking somebody on: a person is added, and the conversation with whoever cares for them begun, as one deed."""

from dataclasses import dataclass, field, replace

from messaging.conversations import Circle, Kind
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.caseload import charge_of, sees_everybody
from messaging.practice.circles import NewCircle, begin_circle
from messaging.practice.founding import NewPerson
from messaging.practice.joining import InvitationState, Joined, invite_anew, join
from messaging.record.reading import people_named
from messaging.trust.roles import Task, must_do, tasks_of


@dataclass(frozen=True, slots=True)
class TakenOn:
    """`conversation`: the one begun with whoever cares; None where nobody was named."""

    joined: Joined = field(repr=False)
    conversation: ConversationId | None = None


async def take_on(office: Office, by: Person, new: NewPerson, clinician: PersonId | None = None) -> TakenOn:
    """Adds somebody, invites them, and begins the conversation of the two where `clinician` is named.

    `new.ref` makes it one deed however often it is asked for: what is missing of it is done, and an invitation that still
    waits is made anew, for it is told once. Raises NotFound, Malformed, Conflict, RefReused, Busy.
    """
    if clinician is not None:
        # Before anybody is added: a client without a conversation would be found by nobody.
        await must_care(office, by, clinician)
    joined = await join(office, by, new)
    person = joined.listed.person
    conversation = None
    if clinician is not None:
        ref = f"{new.ref}/with" if new.ref else None
        asked = NewCircle(Kind.INDIVIDUAL, (person.id,), (clinician,), ref)
        begun, _ = await begin_circle(office, by, asked)
        conversation = begun.conversation.id
    waits = joined.listed.invitation
    if joined.known and waits is not None and waits[0] is not InvitationState.WITHDRAWN:
        joined = replace(joined, invited=await invite_anew(office, by, person.id))
    return TakenOn(joined, conversation)


async def carers(office: Office, by: Person) -> list[Person]:
    """With whom a new client's conversation can begin: an administrator chooses among all, a clinician is the one."""
    must_do(by, Task.CIRCLES)
    if not sees_everybody(by):
        return [by]
    stored = [one for one in await office.memory.people.all(by.practice) if one.active and _cares(one.role)]
    named = await people_named(office, by.practice, [one.id for one in stored])
    return sorted(named.values(), key=lambda one: one.name.casefold())


async def circles_with(office: Office, by: Person, person: PersonId) -> list[Circle]:
    """The conversations somebody in one's charge is in; a clinician's own. Never a word of them. Raises NotFound, Busy."""
    await charge_of(office, by, person)
    rows = await office.memory.inboxes.of_person(by.practice, person)
    found = [one.conversation for one in rows if sees_everybody(by) or one.conversation.own_member(by.id)]
    ids = [member.person for one in found for member in one.members]
    named = await people_named(office, by.practice, ids)
    return [
        Circle(one, {m.person: named[m.person] for m in one.members if m.person in named}) for one in found
    ]


async def must_care(office: Office, by: Person, clinician: PersonId) -> None:
    """Raises NotFound for whom nobody may be given into care by this person."""
    must_do(by, Task.CIRCLES)
    if not sees_everybody(by) and clinician != by.id:
        raise NotFound
    found = await office.memory.people.find(by.practice, [clinician])
    if not found or not found[0].active or not _cares(found[0].role):
        raise NotFound


def _cares(role: Role) -> bool:
    """Who may begin a conversation with a client as their clinician."""
    return role.is_clinician and Task.CIRCLES in tasks_of(role)
