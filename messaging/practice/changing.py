"""What becomes of people: another name or address, leaving, coming back."""

from dataclasses import dataclass, field, replace
from typing import Literal

from messaging.addresses import checked_address, valid_address
from messaging.details import NO_DETAILS, Details, decode_details, encode_details, person_place
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import Busy, Conflict, LastOne, Malformed, NotFound
from messaging.ids import PersonId
from messaging.leaving.own_account import tell_of_account
from messaging.leaving.wishes import TRIES
from messaging.memory.leaving import MailForm
from messaging.memory.people import PersonChange, StoredPerson
from messaging.office import Office
from messaging.people import EmailMode, Identity, Language, Person, Role
from messaging.practice.caseload import charge_of
from messaging.practice.founding import checked_name, email_hash
from messaging.practice.identity import THEIRS_ALONE, check_turn, made_pseudonym, open_name, seal_name
from messaging.practice.joining import Listed, listed_alone
from messaging.record.reading import open_person
from messaging.trust.encryption import CannotOpen, DataKey, Place
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, must_do


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be otherwise; None stays as it is. `no_email`: the address is taken away.

    Of a sealed identity `name` is their own, and `pseudonym` what they are called.
    """

    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    no_email: bool = False
    email_mode: EmailMode | None = None
    active: bool | None = None
    identity: Identity | None = None
    pseudonym: str | None = field(default=None, repr=False)
    language: Language | Literal[""] | None = None
    """In which they are spoken to; "": as the practice says."""
    takes_enquiries: bool | None = None
    """Of who cares, as who administers says."""


async def change_person(office: Office, by: Person, person: PersonId, changes: Changes) -> Listed:
    """From now on. With another address their reply addresses end; who leaves is out in the same moment.

    Raises NotFound, Malformed, Conflict where an identity would be opened by it, LastOne, Busy.
    """
    stored = await charge_of(office, by, person)
    await _change_details(office, by, stored, changes)
    if changes.active is not None and changes.active is not stored.active:
        await _let(office, by, stored, active=changes.active)
    return await listed_alone(office, by, person)


async def choose_own_address(
    office: Office, signed_in: SignedIn, email: str | None, *, ticked: bool = False
) -> None:
    """Who has a pseudonym alone gives an address, or takes it back; `ticked`: they know what mail reveals.

    Raises NotFound for everybody else, StepUp, Malformed, Busy.
    """
    person = signed_in.person
    if person.identity is not Identity.PSEUDONYMOUS:
        raise NotFound
    must_be_stepped_up(office, signed_in)
    if email is not None and not ticked:
        raise Malformed("Please read what mail reveals, and tick that you want it nonetheless.")
    found = await office.memory.people.find(person.practice, [person.id])
    if not found:
        raise NotFound
    await _change_details(office, person, found[0], Changes(email=email, no_email=email is None))


async def _change_details(office: Office, by: Person, stored: StoredPerson, changes: Changes) -> None:
    if replace(changes, active=None) == Changes():
        return  # letting somebody go must not need that their details can be read
    if changes.takes_enquiries is not None:
        must_do(by, Task.STAFF)
        if not stored.role.is_clinician:
            raise Malformed("Only who cares takes enquiries.")
    key = await office.keyring.key(stored.practice, stored.id)
    place = person_place(stored.practice, stored.id)
    for _ in range(TRIES):
        was = _opened(key, place, stored)
        check_turn(stored.role, was.identity, changes.identity or was.identity)
        if was.identity is Identity.PSEUDONYMOUS and by.id != stored.id:
            _must_leave_mail(was, stored, changes)
        now, mode = _changed(was, changes), changes.email_mode or stored.email_mode
        now = _renamed(office, key, stored, now, changes)
        if (now, mode) == (was, stored.email_mode):
            return
        sealed = office.keyring.seal(key, place, encode_details(now))
        change = PersonChange(stored.sealed, sealed, mode, _hashes(office, was, now))
        await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.PERSON_CHANGED, stored.id)
        if await office.memory.people.change(stored.practice, stored.id, change, office.clock()):
            await _tell_both(office, stored, was.email, now.email)
            return
        stored = await _again(office, stored)
    raise Busy


async def _tell_both(office: Office, stored: StoredPerson, before: str | None, after: str | None) -> None:
    """The former address and the new one are told, in words that say nothing of whose they are."""
    if before is None or before == after or not stored.active:
        return  # a first address has no former one to be told
    person = await open_person(office, stored)
    for address in (before, after):
        if address is not None and valid_address(address):
            await tell_of_account(office, replace(person, email=address), MailForm.ADDRESS_CHANGED)


def _opened(key: DataKey, place: Place, stored: StoredPerson) -> Details:
    """Raises Conflict where they cannot be read: written anew, what could not be read would be lost."""
    try:
        return decode_details(key.open(place, stored.sealed))
    except (CannotOpen, *NO_DETAILS):
        raise Conflict("What is known of them cannot be read, so it cannot be changed.") from None


def _changed(was: Details, changes: Changes) -> Details:
    email = was.email if changes.email is None else checked_address(changes.email)
    language = was.language if changes.language is None else changes.language or None
    takes = was.takes_enquiries if changes.takes_enquiries is None else changes.takes_enquiries
    email = None if changes.no_email else email
    return replace(was, email=email, language=language, takes_enquiries=takes)


def _renamed(office: Office, key: DataKey, stored: StoredPerson, was: Details, changes: Changes) -> Details:
    """Their own name goes where it belongs: to a sealed identity's own place, or where everybody reads it."""
    name = None if changes.name is None else checked_name(changes.name)
    if (changes.identity or was.identity) is not Identity.SEALED:
        if changes.pseudonym is not None:
            raise Malformed("Only who has a sealed identity is called by another name.")
        return was if name is None else replace(was, name=name)
    before = open_name(key, stored.practice, stored.id, was)
    called = was.name if was.identity is Identity.SEALED else made_pseudonym(office)
    called = called if changes.pseudonym is None else checked_name(changes.pseudonym)
    now = replace(was, name=called, identity=Identity.SEALED)
    own = name or before
    if own is None or (own == before and was.true_name):
        return now
    return replace(now, true_name=seal_name(office, key, stored.practice, stored.id, own))


def _must_leave_mail(was: Details, stored: StoredPerson, changes: Changes) -> None:
    """Nobody but they themselves chooses mail for who has a pseudonym alone. Raises Malformed."""
    another = changes.email_mode not in (None, stored.email_mode)
    if changes.email is not None or (changes.no_email and was.email) or another:
        raise Malformed(THEIRS_ALONE)


def _hashes(office: Office, was: Details, now: Details) -> tuple[bytes | None, bytes | None] | None:
    """Under what they were found and will be; None while the address is the same."""
    if was.email == now.email:
        return None
    before, after = (email_hash(office, one.email) if one.email else None for one in (was, now))
    return before, after


async def _again(office: Office, stored: StoredPerson) -> StoredPerson:
    found = await office.memory.people.find(stored.practice, [stored.id])
    if not found:
        raise NotFound
    return found[0]


async def _let(office: Office, by: Person, stored: StoredPerson, *, active: bool) -> None:
    if not active:
        await _must_leave_an_administrator(office, stored)
    action = Noted.PERSON_LET_IN if active else Noted.PERSON_LET_GO
    await office.memory.trail.note(by.practice, office.clock(), by.id, action, stored.id)
    await office.memory.people.set_active(stored.practice, stored.id, active, office.clock())
    for hat in [] if active else await office.memory.people.hats_of(stored.practice, stored.id):
        await _let(office, by, hat, active=False)


async def _must_leave_an_administrator(office: Office, leaving: StoredPerson) -> None:
    """Also with a second hat of theirs, which goes with them. Raises LastOne."""
    everybody = await office.memory.people.all(leaving.practice)
    administer = [one for one in everybody if one.active and one.role is Role.ADMINISTRATOR]
    staying = [one for one in administer if leaving.id not in (one.id, one.hat_of)]
    if administer and not staying and len(administer) > len(staying):
        raise LastOne
