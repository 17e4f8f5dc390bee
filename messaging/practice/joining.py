"""Joining a practice: people are added and invited; what became of an invitation; asked again, or taken back."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from messaging.details import decode_details, person_place
from messaging.entrance.invitations import INVITATION, INVITATION_WORDS, words_hash
from messaging.entrance.signing_in import begin
from messaging.errors import Conflict, RefReused
from messaging.ids import MailId, PersonId, PracticeId
from messaging.leaving.owing import owe
from messaging.memory.leaving import MailForm
from messaging.memory.people import StoredPerson
from messaging.memory.sign_ins import LastInvitation, SignInKind
from messaging.office import AccountOrder, Office
from messaging.people import Identity, Person, Role
from messaging.practice.caseload import charge_of, must_add, sees_everybody
from messaging.practice.founding import NewPerson, add_person, person_by_username, ref_hash
from messaging.practice.identity import made_pseudonym, open_name
from messaging.record.reading import open_person, person_named, username_of
from messaging.trust.access import Work, errand
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, must_do
from messaging.trust.sayable import written

NAMES_TRIED: Final = 20
"""Of one name: ruth, ruth2, ruth3 ... Who has as many namesakes gets a number by chance."""
ABOUT_NO_ENTRY: Final = 0
TURN: Final = 50
"""People opened at a stretch before everybody else has their turn."""


class InvitationState(StrEnum):
    """What became of an invitation."""

    WAITING = "waiting"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it is handed over, once: only its hash is kept."""

    token: str = field(repr=False)
    expires: datetime
    words: str = field(default="", repr=False)
    """Three that can be said aloud, and open the same: for who has no camera."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One person as those see them whose business they are. `invitation` None: they have a password, or were never asked."""

    person: Person
    username: str = field(repr=False)
    since: datetime
    invitation: tuple[InvitationState, datetime] | None = None
    has_password: bool = False

    @property
    def shown_username(self) -> str:
        """Empty where it was made before their identity was sealed, and so may be made of their own name."""
        of_the_pseudonym = self.username.startswith(plain_letters(self.person.name) or "member")
        return self.username if self.person.identity is not Identity.SEALED or of_the_pseudonym else ""


@dataclass(frozen=True, slots=True)
class Joined:
    """`known`: they were there already, under the same reference."""

    listed: Listed
    invited: Invited | None = field(default=None, repr=False)
    known: bool = False


async def join(office: Office, by: Person, new: NewPerson) -> Joined:
    """Adds a person, and invites who comes without a password.

    Without a username they get one made of their name. Raises NotFound, Malformed, Conflict, RefReused, Busy.
    """
    must_add(by, new.role)
    new = new if sees_everybody(by) else replace(new, added_by=by.id)
    if (known := await _under_ref(office, by, new)) is not None:
        return known
    # Who is invited sets up a second factor right after the password; who gets theirs handed over has time for it.
    new = new if new.password else replace(new, grace=timedelta(0))
    if new.by_policy and new.role is Role.CLIENT:
        practice = await office.memory.people.practice(by.practice)
        new = replace(new, identity=practice.identity if practice else new.identity)
    if new.identity is Identity.SEALED and not new.pseudonym:
        new = replace(new, pseudonym=made_pseudonym(office))
    # Of a sealed identity the pseudonym: a username is seen by everybody who sees them.
    called = new.pseudonym if new.identity is Identity.SEALED else new.name
    new = new if new.username else replace(new, username=await _free_name(office, by.practice, called))
    try:
        person = await add_person(office, by.practice, new)
    except Conflict:
        # Two hands at once with the same reference: the second finds what the first has made.
        if (known := await _under_ref(office, by, new)) is not None:
            return known
        raise
    await _note(office, by, Noted.PERSON_ADDED, person.id)
    invited = None if new.password else await _invite(office, person.practice, person.id)
    shown = (InvitationState.WAITING, invited.expires) if invited else None
    return Joined(Listed(person, new.username, office.clock(), shown), invited)


async def invite_anew(office: Office, by: Person, person: PersonId) -> Invited:
    """A fresh invitation, also for who has forgotten a password; the old one dies. Raises NotFound, Conflict, Busy."""
    stored = await charge_of(office, by, person)
    if not stored.active:
        raise Conflict("They have left. Let them in again first.")
    if stored.hat_of is not None:
        raise Conflict(
            "This is somebody's second hat: they come to it from the first, and need no way in of its own."
        )
    await _note(office, by, Noted.PERSON_INVITED, person)
    return await _invite(office, by.practice, person)


async def invite_by_mail(office: Office, by: Person, person: PersonId) -> Invited:
    """A fresh invitation that goes to their address, as mail of the first conversation they are in.

    For a first password alone: to who has one it would open what somebody else may ask for who reads their mail, and without
    a day in which to stop it (`ways_back`). Raises NotFound, Conflict where they have one, have left, have no address or are
    in no conversation yet, Busy.
    """
    stored = await charge_of(office, by, person)
    if stored.password_hash is not None:
        raise Conflict(
            "They have a password already. Please hand over the card: somebody else may read their mail."
        )
    to = await open_person(office, stored)
    rows = await office.memory.inboxes.of_person(by.practice, person) if stored.active else []
    practice = await office.memory.people.practice(by.practice)
    if not rows or to.email is None or practice is None:
        raise Conflict("There is no way to them by mail yet. Please hand over the card.")
    await _note(office, by, Noted.PERSON_INVITED, person)
    invited = await _invite(office, by.practice, person)
    conversation, now = rows[0].conversation.id, office.clock()
    order = AccountOrder(
        practice=practice,
        mail=MailId(office.new_id()),
        to=to,
        conversation=conversation,
        form=MailForm.INVITATION,
        at=now,
        token=invited.token,
        when=invited.expires,
    )
    owed = await owe(office, order, office.press.freeze_account(order))
    way = errand(by.practice, conversation, Work.LEAVING)
    await office.memory.mailbox.owe(way, ABOUT_NO_ENTRY, owed, now)
    return invited


async def withdraw_invitation(office: Office, by: Person, person: PersonId) -> None:
    """No invitation of theirs works any more. Twice is once. Raises NotFound, Busy."""
    await charge_of(office, by, person)
    await _note(office, by, Noted.INVITATION_WITHDRAWN, person)
    await office.memory.sign_ins.end_all(by.practice, person, [SignInKind.INVITATION], office.clock())


async def people_of(office: Office, by: Person) -> list[Listed]:
    """Everybody who is one's business, by name: an administrator's all, a clinician's own clients. Raises NotFound, Busy."""
    must_do(by, Task.CLIENTS)
    await _note(office, by, Noted.LISTED_PEOPLE, None)
    stored = await office.memory.people.all(by.practice)
    if not sees_everybody(by):
        own = await office.memory.people.own_clients(by.practice, by.id)
        stored = [one for one in stored if one.id in own]
    return await listed(office, by.practice, stored)


async def listed_alone(office: Office, by: Person, person: PersonId) -> Listed:
    """One of them. Raises NotFound, Busy."""
    stored = await charge_of(office, by, person)
    return (await listed(office, by.practice, [stored]))[0]


async def listed(office: Office, practice: PracticeId, stored: list[StoredPerson]) -> list[Listed]:
    """People as kept, by name, with what became of their invitations: for who was found to be allowed. Raises Busy."""
    asked = await office.memory.sign_ins.invitations(practice, [one.id for one in stored])
    await office.keyring.prefetch(practice, [one.id for one in stored])
    found = []
    for turn, one in enumerate(stored, 1):
        person = await person_named(office, one)
        state = _state(office, one, asked.get(one.id))
        name, chosen = await username_of(office, one), one.password_hash is not None
        found.append(Listed(person, name, one.created_at, state, chosen))
        if turn % TURN == 0:
            await office.breathe()
    return sorted(found, key=lambda one: one.person.name.casefold())


def _state(
    office: Office, stored: StoredPerson, last: LastInvitation | None
) -> tuple[InvitationState, datetime] | None:
    if last is None or (last.ended_at is not None and stored.password_hash is not None):
        return None
    if last.ended_at is not None:
        return InvitationState.WITHDRAWN, last.expires_at
    expired = office.clock() >= last.expires_at
    return InvitationState.EXPIRED if expired else InvitationState.WAITING, last.expires_at


async def _under_ref(office: Office, by: Person, new: NewPerson) -> Joined | None:
    """Who is known by this reference. Raises RefReused where they are somebody else by what was said of them."""
    if new.ref is None:
        return None
    hashed = ref_hash(office, by.practice, new.ref)
    targets = [t for p, t in await office.memory.directory.find("person_ref", hashed) if p == by.practice]
    if not targets:
        return None
    stored = await charge_of(office, by, PersonId(targets[0]))
    listed = await listed_alone(office, by, PersonId(targets[0]))
    person = listed.person
    name = await _own_name(office, stored)
    same = (person.role, name, person.email) == (new.role, new.name.strip(), new.email)
    same = same and person.identity is new.identity and new.pseudonym.strip() in ("", person.name)
    if not same or new.username not in ("", listed.username) or person.email_mode is not new.email_mode:
        raise RefReused
    return Joined(listed, known=True)


async def _own_name(office: Office, stored: StoredPerson) -> str | None:
    """To compare with; shown to nobody."""
    key = await office.keyring.key(stored.practice, stored.id)
    held = decode_details(key.open(person_place(stored.practice, stored.id), stored.sealed))
    return (
        held.name
        if held.identity is Identity.PSEUDONYMOUS
        else open_name(key, stored.practice, stored.id, held)
    )


async def _invite(office: Office, practice: PracticeId, person: PersonId) -> Invited:
    now = office.clock()
    await office.memory.sign_ins.end_all(practice, person, [SignInKind.INVITATION], now)
    token = await begin(office, practice, person, SignInKind.INVITATION, INVITATION)
    words = written(office.random(2 * INVITATION_WORDS))
    await office.memory.sign_ins.keep_words(practice, person, words_hash(office, words))
    return Invited(token.text, now + INVITATION, words)


async def _free_name(office: Office, practice: PracticeId, name: str) -> str:
    """A username of plain letters that nobody of the practice has at this moment."""
    plain = plain_letters(name) or "member"
    for number in range(1, NAMES_TRIED + 1):
        tried = plain if number == 1 else f"{plain}{number}"
        if await person_by_username(office, practice, tried) is None:
            return tried
    return f"{plain}-{office.random(4).hex()}"


def plain_letters(name: str) -> str:
    """A name in plain letters: Praxis für Ruhe becomes praxis-fur-ruhe. Empty where it has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


async def _note(office: Office, by: Person, action: Noted, subject: PersonId | None) -> None:
    await office.memory.trail.note(by.practice, office.clock(), by.id, action, subject)
