"""Who writes with whom: conversations begun by those whose business their people are."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.conversations import Circle, Conversation, Kind, Member
from messaging.errors import Conflict, NotFound, RefReused
from messaging.ids import ConversationId, PersonId
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.caseload import sees_everybody
from messaging.practice.founding import begin_conversation, ref_hash
from messaging.record.reading import circle_of
from messaging.trust.roles import Task, must_do


@dataclass(frozen=True, slots=True)
class NewCircle:
    """A conversation as it is asked for. `ref`: what an integrator calls it."""

    kind: Kind
    clients: tuple[PersonId, ...]
    clinicians: tuple[PersonId, ...]
    ref: str | None = None


async def begin_circle(office: Office, by: Person, new: NewCircle) -> tuple[Circle, bool]:
    """A new conversation, and whether it is known already by its reference.

    A clinician begins it with clients of their own and is in it. Raises NotFound, Malformed, RefReused, Busy.
    """
    must_do(by, Task.CIRCLES)
    members = await _members(office, by, new)
    if (known := await _under_ref(office, by, new, members)) is not None:
        return known, True
    await office.memory.trail.note(by.practice, office.clock(), by.id, "conversation_begun", None)
    try:
        made = await begin_conversation(office, by.practice, new.kind, members, ref=new.ref)
    except Conflict:
        # Two hands at once with the same reference: the second finds what the first has made.
        if (known := await _under_ref(office, by, new, members)) is not None:
            return known, True
        raise
    return await circle_of(office, made), False


async def _members(office: Office, by: Person, new: NewCircle) -> tuple[Member, ...]:
    asked = [*new.clients, *new.clinicians]
    found = {p.id: p for p in await office.memory.people.find(by.practice, asked) if p.active}
    clients = [_of(found, one, client=True) for one in new.clients]
    clinicians = [_of(found, one, client=False) for one in new.clinicians]
    if not sees_everybody(by):
        own = await office.memory.people.own_clients(by.practice, by.id)
        if by.id not in new.clinicians or not own.issuperset(new.clients):
            raise NotFound
    return tuple(Member(one.id, one.role) for one in (*clients, *clinicians))


def _of(found: dict[PersonId, StoredPerson], person: PersonId, *, client: bool) -> StoredPerson:
    one = found.get(person)
    if one is None or (one.role is Role.CLIENT) is not client:
        raise NotFound
    return one


async def _under_ref(office: Office, by: Person, new: NewCircle, members: Sequence[Member]) -> Circle | None:
    if new.ref is None:
        return None
    hashed = ref_hash(office, by.practice, new.ref)
    found = await office.memory.directory.find("conversation_ref", hashed)
    targets = [ConversationId(target) for practice, target in found if practice == by.practice]
    kept = await office.memory.conversations.find(by.practice, targets[0]) if targets else None
    if kept is None:
        return None
    if kept.kind is not new.kind or _ids(kept) != {m.person for m in members}:
        raise RefReused
    return await circle_of(office, kept)


def _ids(conversation: Conversation) -> set[PersonId]:
    return {m.person for m in conversation.members}
