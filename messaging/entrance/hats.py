"""Two hats: who cares for clients in a practice of their own also administers it, and never as one and the same.

The other hat is a person of its own with a role of its own: who cares reads words, who administers reads none, and each
deed is noted as what it was done as. It has no password: one comes to it from the first hat, and leaves that with it.
"""

from messaging.entrance.second_factors import is_due
from messaging.entrance.signing_in import CameFrom, Entered, SignedIn, begin, sign_out
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import NotFound
from messaging.memory.people import StoredPerson
from messaging.memory.sign_ins import SignInKind
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import open_person
from messaging.trust.noted import Noted


async def other_hat(office: Office, person: Person) -> Person | None:
    """What else somebody is here; None for nearly everybody. Raises Busy."""
    found = await _other(office, person)
    return await open_person(office, found) if found else None


async def administers(office: Office, person: Person) -> bool:
    """Whether somebody administers, in the hat they wear or in the other one. Raises Busy."""
    if person.role is Role.ADMINISTRATOR:
        return True
    other = await other_hat(office, person) if person.role.is_clinician else None
    return other is not None and other.role is Role.ADMINISTRATOR


async def put_on_other_hat(office: Office, signed_in: SignedIn) -> Entered:
    """Signed in as what else one is, for as long as before; the hat that was worn is taken off, its sockets close.

    To the second hat one comes by saying the password once more. Raises NotFound, StepUp, Busy.
    """
    person, worn = signed_in.person, signed_in.sign_in
    found = await _other(office, person)
    if found is None or worn.kind is not SignInKind.COOKIE or is_due(office, person):
        raise NotFound
    if person.hat_of is None:
        must_be_stepped_up(office, signed_in)
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.HAT_CHANGED, found.id)
    came = CameFrom(worn.device, known=worn.known_device, shared=worn.shared)
    lasts = worn.expires_at - office.clock()
    token = await begin(office, found.practice, found.id, SignInKind.COOKIE, lasts, came)
    await sign_out(office, signed_in)
    return Entered(token, await open_person(office, found), "", shared=worn.shared)


async def _other(office: Office, person: Person) -> StoredPerson | None:
    if person.hat_of is not None:
        found = await office.memory.people.find(person.practice, [person.hat_of])
    else:
        found = await office.memory.people.hats_of(person.practice, person.id)
    return next((one for one in found if one.active), None)
