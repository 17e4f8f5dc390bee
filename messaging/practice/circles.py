"""Who writes with whom: conversations begun, joined and left, who belongs to them, and when letters are answered there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from messaging.conversations import AnswerRule, Circle, Conversation, Kind, Member
from messaging.errors import Conflict, LastOfCircle, NotFound, RefReused
from messaging.ids import ConversationId, PersonId
from messaging.leaving.promises import promise_of
from messaging.memory.people import StoredPerson
from messaging.memory.subjects import SubjectKind
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.caseload import charge_of, sees_everybody
from messaging.practice.founding import begin_conversation, ref_hash
from messaging.practice.from_start import (
    LASTS,
    ask_from_start,
    asked_of,
    settle_asked,
    stands,
    withdraw_asking,
)
from messaging.record.reading import circle_of, enter, people_named
from messaging.trust.access import Deed, Errand, Work, errand
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, must_do

AGREED: Final = "When letters are answered was agreed with those in care. Please propose it to them."


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
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.CONVERSATION_BEGUN, None)
    try:
        made = await begin_conversation(office, by.practice, new.kind, members, ref=new.ref)
    except Conflict:
        # Two hands at once with the same reference: the second finds what the first has made.
        if (known := await _under_ref(office, by, new, members)) is not None:
            return known, True
        raise
    return await circle_of(office, made), False


class Begins(Enum):
    """From where on somebody who joins reads."""

    NOW = "now"
    WAITING = "waiting"
    """From the first letter that waits, or who answers it could not read it; where none waits, from now on."""
    START = "start"
    """From the first word, once all in care here have said yes (`practice.from_start`); until then from now on."""


async def join_circle(
    office: Office,
    by: Person,
    conversation: ConversationId,
    person: PersonId,
    begins: Begins = Begins.NOW,
) -> None:
    """Somebody more belongs to it. Twice is once. Raises NotFound, Conflict, Busy."""
    circle = await _arranged(office, by, conversation)
    found = await office.memory.people.find(by.practice, [person])
    joining = found[0] if found and found[0].active else None
    if joining is None or joining.role is Role.ADMINISTRATOR:
        raise NotFound
    if joining.role is Role.CLIENT:
        await charge_of(office, by, person)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.MEMBER_JOINED, conversation)
    await office.memory.conversations.add_member(
        _way(circle), person, joining.role, office.clock(), from_waiting=begins is Begins.WAITING
    )
    if begins is Begins.START:
        await ask_from_start(office, by, await _arranged(office, by, conversation), person)


async def ask_for_start(office: Office, by: Person, conversation: ConversationId, person: PersonId) -> None:
    """For somebody who joined before. Raises NotFound, Conflict, Busy."""
    await ask_from_start(office, by, await _arranged(office, by, conversation), person)


async def ask_no_more(office: Office, by: Person, conversation: ConversationId, person: PersonId) -> None:
    """That is withdrawn. Twice is once. Raises NotFound, Busy."""
    await withdraw_asking(office, by, await _arranged(office, by, conversation), person)


async def leave_circle(office: Office, by: Person, conversation: ConversationId, person: PersonId) -> None:
    """Somebody belongs to it no more, from this moment. Raises NotFound, LastOfCircle, Busy."""
    circle = await _arranged(office, by, conversation)
    leaving = circle.member(person)
    if leaving is None:
        raise NotFound
    left = [m for m in circle.members if m.person != person]
    if not any(m.role is Role.CLIENT for m in left) or not any(m.role.is_clinician for m in left):
        raise LastOfCircle
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.MEMBER_LEFT, conversation)
    await office.memory.conversations.remove_member(_way(circle), person, office.clock())
    await settle_asked(office, _way(circle))  # they are not asked any more


async def answer_by(
    office: Office, by: Person, conversation: ConversationId, rule: AnswerRule
) -> datetime | None:
    """When letters are answered from now on; when the one that waits is, if one does.

    Raises NotFound, Conflict where it was agreed with those in care (`agreements.proposing`), Busy.
    """
    circle = await _arranged(office, by, conversation)
    if await office.memory.subjects.of_kinds(_way(circle), {SubjectKind.CONTRACT_AGREED}, 1):
        raise Conflict(AGREED)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.ANSWER_RULE_SET, conversation)
    await office.memory.conversations.set_answer_rule(_way(circle), rule)
    practice = await office.memory.people.practice(by.practice)
    return promise_of(practice, replace(circle, answer=replace(rule, away=circle.answer.away)))


async def arranged(office: Office, by: Person, conversation: ConversationId) -> Circle:
    """Who belongs to it, by name, for who says who does. Never a word of it. Raises NotFound, Busy."""
    return await circle_of(office, await _arranged(office, by, conversation))


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


async def may_join(office: Office, by: Person, circle: Circle) -> list[Person]:
    """Who is not in it and could be, by name: who cares here, and clients in one's charge where several are in care.

    Into what one person alone has written nobody else in care is let: for two of them a conversation is begun anew.
    """
    inside = {member.person for member in circle.conversation.members}
    everybody = await office.memory.people.all(by.practice)
    outside = [one for one in everybody if one.active and one.id not in inside]
    ids = [one.id for one in outside if one.role.is_clinician]
    if circle.conversation.kind is not Kind.INDIVIDUAL:
        ids += await _in_charge(office, by, outside)
    named = await people_named(office, by.practice, ids)
    return sorted(named.values(), key=lambda one: one.name.casefold())


async def may_begin_with(office: Office, by: Person) -> list[Person]:
    """Clients in one's charge, by name: a conversation of several begins with some of them. Raises NotFound, Busy."""
    must_do(by, Task.CIRCLES)
    everybody = [one for one in await office.memory.people.all(by.practice) if one.active]
    named = await people_named(office, by.practice, await _in_charge(office, by, everybody))
    return sorted(named.values(), key=lambda one: one.name.casefold())


async def _in_charge(office: Office, by: Person, among: Sequence[StoredPerson]) -> list[PersonId]:
    clients = [one.id for one in among if one.role is Role.CLIENT]
    if sees_everybody(by):
        return clients
    own = await office.memory.people.own_clients(by.practice, by.id)
    return [one for one in clients if one in own]


async def _arranged(office: Office, by: Person, conversation: ConversationId) -> Conversation:
    """The conversation, for who says who belongs to it: administrators, and clinicians of it. Raises NotFound."""
    must_do(by, Task.CIRCLES)
    found = await office.memory.conversations.find(by.practice, conversation)
    if found is None or (not sees_everybody(by) and found.own_member(by.id) is None):
        raise NotFound
    return found


def _way(circle: Conversation) -> Errand:
    return errand(circle.practice, circle.id, Work.FOUNDING)


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
