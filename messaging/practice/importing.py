"""Importing: what an operator's file says of a practice. By a reference the same line again is the same thing, updated."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from messaging.conversations import AnswerRule, Conversation, Kind, Member, Session
from messaging.entrance.signing_in import fold_name
from messaging.errors import RefReused
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.office import Office
from messaging.people import EmailMode, Identity
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import answer_by, join_circle, leave_circle
from messaging.practice.founding import (
    NewPerson,
    add_person,
    begin_conversation,
    import_session,
    invite,
    ref_hash,
)
from messaging.practice.joining import listed_alone
from messaging.practice.operating import operator_of


@dataclass(frozen=True, slots=True)
class Imported:
    """`invitation` None: they have a password, or were there already."""

    person: PersonId
    invitation: str | None = field(default=None, repr=False)
    identity: Identity = Identity.IDENTIFIED


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A conversation as a file has it. `answer` None: as it is, or as at first."""

    kind: Kind
    members: tuple[Member, ...]
    answer: AnswerRule | None = None
    ref: str | None = None


async def import_person(
    office: Office, practice: PracticeId, new: NewPerson, active: bool | None = None
) -> Imported:
    """A new person, or the one of this reference as the file has them now.

    Raises Malformed, Conflict, RefReused where a reference names somebody of another role or username, Busy.
    """
    known = await _known(office, practice, "person_ref", new.ref)
    if known is not None:
        identity = await _update(office, practice, PersonId(known), new, active)
        return Imported(PersonId(known), identity=identity)
    person = await add_person(office, practice, new)
    if active is False:
        await office.memory.people.set_active(practice, person.id, False, office.clock())
        return Imported(person.id, identity=person.identity)
    invitation = None if new.password else await invite(office, person)
    return Imported(person.id, invitation, person.identity)


async def _update(
    office: Office, practice: PracticeId, person: PersonId, new: NewPerson, active: bool | None
) -> Identity:
    operator = operator_of(practice)
    there = await listed_alone(office, operator, person)
    if there.person.role is not new.role or fold_name(there.username) != fold_name(new.username):
        raise RefReused
    theirs_alone = there.person.identity is Identity.PSEUDONYMOUS and new.email is None
    changes = Changes(
        name=new.name,
        email=new.email,
        no_email=new.email is None and not theirs_alone,
        email_mode=None if theirs_alone and new.email_mode is EmailMode.NOTICE else new.email_mode,
        active=active,
        # A line that says nothing of it leaves it: what is sealed is not opened by an older file.
        identity=None if new.identity is Identity.IDENTIFIED else new.identity,
        pseudonym=new.pseudonym or None,
        language=new.language,
    )
    return (await change_person(office, operator, person, changes)).person.identity


async def import_conversation(office: Office, practice: PracticeId, new: NewConversation) -> ConversationId:
    """A new conversation, or the one of this reference with the members the file has now; who joins reads from now on.

    Raises Malformed, RefReused where a reference names one of another kind, Busy.
    """
    known = await _known(office, practice, "conversation_ref", new.ref)
    there = await office.memory.conversations.find(practice, ConversationId(known)) if known else None
    if there is None:
        made = await begin_conversation(office, practice, new.kind, new.members, new.answer, new.ref)
        return made.id
    if there.kind is not new.kind:
        raise RefReused
    await _rearrange(office, practice, there, new)
    return there.id


async def _rearrange(office: Office, practice: PracticeId, there: Conversation, new: NewConversation) -> None:
    operator = operator_of(practice)
    for person in _others(new.members, there.members):
        await join_circle(office, operator, there.id, person)
    for person in _others(there.members, new.members):
        await leave_circle(office, operator, there.id, person)
    if new.answer is not None and new.answer != there.answer:
        await answer_by(office, operator, there.id, new.answer)


def _others(some: Sequence[Member], than: Sequence[Member]) -> list[PersonId]:
    known = {m.person for m in than}
    return [m.person for m in some if m.person not in known]


async def import_session_once(
    office: Office, practice: PracticeId, session: Session, ref: str | None
) -> Session:
    """A session, or the one of this reference as it is by now. Raises NotFound, Malformed, RefReused, Busy."""
    if ref is None:
        return await import_session(office, practice, session)
    # Its id follows from the reference, so that two hands at once make one.
    name = SessionId(uuid5(practice, ref_hash(office, practice, f"session/{ref}").hex()))
    there = await office.memory.sessions.named(practice, name)
    if there is None:
        return await import_session(office, practice, replace(session, id=name))
    if there.conversation != session.conversation:
        raise RefReused
    return there


async def _known(office: Office, practice: PracticeId, kind: str, ref: str | None) -> UUID | None:
    """What the practice knows by this reference."""
    if ref is None:
        return None
    found = await office.memory.directory.find(kind, ref_hash(office, practice, ref))
    return next((target for owner, target in found if owner == practice), None)
