"""Founding: practices, people, conversations. Also the way a caseload is imported."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from messaging.addresses import checked_address, valid_domain
from messaging.conversations import (
    AnswerRule,
    Conversation,
    Kind,
    Member,
    Session,
    SessionState,
)
from messaging.details import Details, encode_details, person_place
from messaging.entrance.invitations import INVITATION
from messaging.entrance.signing_in import Credentials, Entered, begin, fold_name, sign_in, who
from messaging.entrance.stepping_up import note_stepped_up
from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.leaving.wishes import known_zone
from messaging.memory.keys import OwnerKey
from messaging.memory.people import NewStoredPerson, StoredPerson
from messaging.memory.sign_ins import SignInKind
from messaging.office import Asking, Office
from messaging.people import EmailMode, Identity, Language, Person, Practice, Role
from messaging.practice.identity import check_identity, made_pseudonym, seal_name
from messaging.sessions.holding import checked_minutes, open_session
from messaging.sessions.wall_time import within_years
from messaging.trust.access import Deed, stand_in
from messaging.trust.passwords import checked_password

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NAME_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class NewPractice:
    """A practice as it is asked for."""

    slug: str
    name: str
    time_zone: str = "UTC"
    mail_domain: str | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as they are asked for. `ref`: what an integrator calls them; `added_by`: the clinician whose client it is."""

    role: Role
    username: str = field(repr=False)
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    email_mode: EmailMode = EmailMode.NOTICE
    ref: str | None = None
    added_by: PersonId | None = None
    grace: timedelta = timedelta(days=14)
    """How long who must have a second factor may go without."""
    hat_of: PersonId | None = None
    """Whose second hat this is."""
    identity: Identity = Identity.IDENTIFIED
    by_policy: bool = False
    """Nobody said how much is known of a client: it is as the practice has it (`joining.join`)."""
    pseudonym: str = field(default="", repr=False)
    """Of a sealed identity: what they are called, while `name` is sealed. Empty: a name is made up."""
    language: Language | None = None


async def set_up(office: Office, new: NewPractice, first: NewPerson) -> Entered:
    """An installation begins: a practice and its first person, both or neither; and their sign-in, stepped up.

    Who cares for clients has a second hat, in which they administer the practice (`entrance.hats`).

    Raises Malformed, Conflict when the slug is taken, Busy.
    """
    practice, key, slug = _new_practice(office, new)
    person, stored = await _new_person(office, practice.id, first)
    made = [stored]
    if person.role is not Role.ADMINISTRATOR:
        made.append((await _new_person(office, practice.id, _second_hat(first, person)))[1])
    await office.memory.people.found(practice, key, slug, made, office.clock())
    claimed = Credentials(first.username, first.password or "")
    entered = await sign_in(office, claimed, Asking("set up", known=True))
    # Whoever has just chosen the password has said it: what comes next, the recovery sheet, need not ask for it again.
    await note_stepped_up(office, await who(office, entered.token.text))
    return entered


def _second_hat(first: NewPerson, person: Person) -> NewPerson:
    # Nobody signs in by this name: it has no password. It only has to be nobody else's.
    return NewPerson(Role.ADMINISTRATOR, f"administration.{person.id.hex}", first.name, hat_of=person.id)


async def found_practice(office: Office, new: NewPractice) -> Practice:
    """A new practice. Raises Malformed, or Conflict when the slug is taken."""
    practice, key, slug = _new_practice(office, new)
    await office.memory.people.create_practice(practice, key, slug, office.clock())
    return practice


def _new_practice(office: Office, new: NewPractice) -> tuple[Practice, OwnerKey, bytes]:
    """With its key, and the keyed hash under which its slug is found."""
    if not SLUG.fullmatch(new.slug):
        raise Malformed("A slug has small letters, digits and hyphens, 63 at most.")
    known_zone(new.time_zone)
    if new.mail_domain is not None and not valid_domain(new.mail_domain):
        raise Malformed("A mail domain is a plain host name with a dot in it, such as mail.practice.example.")
    practice = Practice(
        PracticeId(office.new_id()), new.slug, checked_name(new.name), new.time_zone, new.mail_domain
    )
    key = office.keyring.new_practice(practice.id)
    slug = office.installation.lookup("practice", new.slug)
    return practice, OwnerKey(key.owner, key.wrapped), slug


async def practice_by_slug(office: Office, slug: str) -> PracticeId | None:
    """The practice of this slug."""
    found = await office.memory.directory.find("practice", office.installation.lookup("practice", slug))
    return found[0][0] if found else None


async def practice_named(office: Office, practice: PracticeId) -> Practice | None:
    """What pages say of a practice: its name, its zone, its mail. Raises Busy."""
    return await office.memory.people.practice(practice)


async def add_person(office: Office, practice: PracticeId, new: NewPerson) -> Person:
    """A new person. Raises Malformed, or Conflict when the username is taken in this practice."""
    person, stored = await _new_person(office, practice, new)
    await office.memory.people.create(stored, office.clock())
    return person


async def _new_person(office: Office, practice: PracticeId, new: NewPerson) -> tuple[Person, NewStoredPerson]:
    name, email = checked_name(new.name), None if new.email is None else checked_address(new.email)
    if not fold_name(new.username) or len(new.username) > NAME_LIMIT:
        raise Malformed("A username has 1 to 200 characters.")
    check_identity(new.role, new.identity, email)
    is_sealed = new.identity is Identity.SEALED
    shown = checked_name(new.pseudonym or made_pseudonym(office)) if is_sealed else name
    called = Person(practice, PersonId(office.new_id()), new.role, shown, email, new.email_mode)
    person = replace(called, hat_of=new.hat_of, identity=new.identity, language=new.language)
    encoded = None
    if new.password is not None:
        asking = Asking(practice, known=True)
        encoded = await office.passwords.hash(checked_password(new.password), asking)
    key = await office.keyring.new_owner(practice, person.id)
    details = Details(shown, new.username, email, identity=new.identity, language=new.language)
    if is_sealed:
        details = replace(details, true_name=seal_name(office, key.key, practice, person.id, name))
    sealed = office.keyring.seal(key.key, person_place(practice, person.id), encode_details(details))
    now = office.clock()
    stored = StoredPerson(
        practice,
        person.id,
        new.role,
        new.email_mode,
        active=True,
        created_at=now,
        password_hash=encoded,
        sealed=sealed,
        added_by=new.added_by,
        hat_of=new.hat_of,
        grace_until=None if new.role is Role.CLIENT else now + new.grace,
    )
    return person, NewStoredPerson(
        stored, OwnerKey(key.owner, key.wrapped), _found_under(office, person, new)
    )


def _found_under(office: Office, person: Person, new: NewPerson) -> list[tuple[str, bytes]]:
    names = [
        ("username", office.installation.lookup("username", fold_name(new.username))),
        ("person", office.installation.lookup("person", person.id.hex)),
    ]
    if person.email:
        names.append(("email", email_hash(office, person.email)))
    if new.ref is not None:
        names.append(("person_ref", ref_hash(office, person.practice, new.ref)))
    return names


def email_hash(office: Office, email: str) -> bytes:
    """The keyed hash of an address, under which mail finds its writer."""
    return office.installation.lookup("email", email.casefold())


def ref_hash(office: Office, practice: PracticeId, ref: str) -> bytes:
    """The keyed hash of what an integrator calls something. Raises Malformed."""
    if not ref or len(ref) > NAME_LIMIT:
        raise Malformed("A reference has 1 to 200 characters.")
    return office.installation.lookup("ref", f"{practice.hex}/{ref}")


async def invite(office: Office, person: Person) -> str:
    """A one-time token with which the person sets their first password."""
    token = await begin(office, person.practice, person.id, SignInKind.INVITATION, INVITATION)
    return token.text


async def import_session(office: Office, practice: PracticeId, session: Session) -> Session:
    """A session as an import has it: booked, or live since its start. Raises NotFound, Malformed, SessionLive."""
    conversation = await office.memory.conversations.find(practice, session.conversation)
    clinician = next((m for m in conversation.members if m.role.is_clinician), None) if conversation else None
    if conversation is None or clinician is None:
        raise NotFound
    checked_minutes(session.minutes)
    within_years(session.starts)
    held = stand_in(conversation, clinician, Deed.HOLD_SESSION)
    if session.state is SessionState.BOOKED:
        await office.memory.sessions.book(held, session, office.clock())
        return session
    # Not kept yet, so it is still to be opened; as from its start.
    waits = replace(session, state=SessionState.BOOKED, opened_at=min(session.starts, office.clock()))
    return await open_session(office, held, waits, beside=True)


async def person_by_username(office: Office, practice: PracticeId, username: str) -> PersonId | None:
    """The person of this name in this practice."""
    hashed = office.installation.lookup("username", fold_name(username))
    for found, target in await office.memory.directory.find("username", hashed):
        if found == practice:
            return PersonId(target)
    return None


async def member_named(office: Office, practice: PracticeId, username: str) -> Member | None:
    """Somebody of the practice, by username, as a conversation would have them. Raises Busy."""
    found = await person_by_username(office, practice, username)
    stored = await office.memory.people.find(practice, [found]) if found else []
    return Member(stored[0].id, stored[0].role) if stored else None


async def begin_conversation(
    office: Office,
    practice: PracticeId,
    kind: Kind,
    members: tuple[Member, ...],
    answer: AnswerRule | None = None,
    ref: str | None = None,
) -> Conversation:
    """A new conversation. Raises Conflict where the reference is taken, and as `new_conversation`."""
    return await keep_new(office, new_conversation(office, practice, kind, members, answer), ref)


def new_conversation(
    office: Office,
    practice: PracticeId,
    kind: Kind,
    members: tuple[Member, ...],
    answer: AnswerRule | None = None,
) -> Conversation:
    """Before it is kept. Raises Malformed when nobody is in care, nobody cares, or somebody is there for neither."""
    if not any(m.role is Role.CLIENT for m in members) or not any(m.role.is_clinician for m in members):
        raise Malformed("A conversation has at least one client and one clinician.")
    if not all(m.role is Role.CLIENT or m.role.is_clinician for m in members):
        raise Malformed("Only those in care and those who care for them belong to a conversation.")
    if len({m.person for m in members}) != len(members):
        raise Malformed("Somebody is named twice.")
    return Conversation(
        practice=practice,
        id=ConversationId(office.new_id()),
        kind=kind,
        revision=1,
        last_number=0,
        last_at=None,
        waiting_since=None,
        answer=answer or AnswerRule(),
        live=None,
        members=members,
    )


async def keep_new(office: Office, conversation: Conversation, ref: str | None = None) -> Conversation:
    """With a key of its own, found under `ref`. Raises Conflict where that is taken, Busy."""
    hashed = None if ref is None else ref_hash(office, conversation.practice, ref)
    key = await office.keyring.new_owner(conversation.practice, conversation.id)
    await office.memory.conversations.create(
        conversation, OwnerKey(key.owner, key.wrapped), office.clock(), hashed
    )
    return conversation


def checked_name(name: str) -> str:
    """A name as it is kept. Raises Malformed."""
    if (
        not name.strip()
        or len(name) > NAME_LIMIT
        or any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in name)
    ):
        raise Malformed("A name has 1 to 200 characters.")
    return name.strip()
