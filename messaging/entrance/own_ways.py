"""One's own ways in: changing the password, seeing where one is signed in, ending it there."""

from dataclasses import replace

from messaging.entrance.being_there import is_idle
from messaging.entrance.known_devices import proof_for
from messaging.entrance.second_factors import confirm_factor, recovery_codes
from messaging.entrance.signing_in import (
    WAYS_IN,
    Entered,
    SignedIn,
    lasts_at_most,
    name_hash,
    well_chosen,
)
from messaging.errors import NotFound, WrongPassword
from messaging.ids import SignInId
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.office import Asking, Office
from messaging.record.reading import username_of
from messaging.trust.noted import Noted
from messaging.trust.tokens import Token


async def change_password(office: Office, signed_in: SignedIn, old: str, new: object) -> None:
    """Another password; every other sign-in of theirs ends. Raises WrongPassword, Malformed, Busy."""
    person, asking = signed_in.person, Asking(signed_in.person.id, known=True)
    chosen = await well_chosen(office, person.role, new, second_factor=person.second_factor)
    found = await office.memory.people.find(person.practice, [person.id])
    if not found or not await office.passwords.verify(found[0].password_hash, old, asking):
        raise WrongPassword
    encoded = await office.passwords.hash(chosen, asking.begun())
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.PASSWORD_CHANGED, None)
    await office.memory.people.set_password(person.practice, person.id, encoded)
    await office.memory.ways_back.end(person.practice, person.id)
    await office.memory.sign_ins.end_all(
        person.practice, person.id, WAYS_IN, office.clock(), signed_in.sign_in.id
    )


async def sign_ins_of(office: Office, signed_in: SignedIn) -> list[StoredSignIn]:
    """Where one is signed in at this moment, newest first. Raises Busy."""
    person, now = signed_in.person, office.clock()
    found = await office.memory.sign_ins.of_person(person.practice, person.id)
    return [one for one in found if now < one.expires_at and not is_idle(now, one, person.role)]


async def end_sign_in(office: Office, signed_in: SignedIn, name: SignInId) -> None:
    """Ends one of one's own, also the present one. Raises NotFound, Busy."""
    person = signed_in.person
    found = await office.memory.sign_ins.of_person(person.practice, person.id)
    if name not in {one.id for one in found}:
        raise NotFound
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.SIGN_IN_ENDED, None)
    await office.memory.sign_ins.end(person.practice, name, office.clock())


async def end_other_sign_ins(office: Office, signed_in: SignedIn) -> None:
    """Ends every sign-in of one's own but the present one, programs' too. Raises Busy."""
    person = signed_in.person
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.SIGN_INS_ENDED, None)
    await office.memory.sign_ins.end_all(
        person.practice, person.id, WAYS_IN, office.clock(), signed_in.sign_in.id
    )


async def say_whose_device(office: Office, signed_in: SignedIn, token: Token, *, own: bool) -> Entered:
    """Whether the device they are at is only theirs, said anew: what its browser keeps from now on.

    Raises NotFound for a program, whose device nobody sits down at; Busy.
    """
    person, sign_in = signed_in.person, signed_in.sign_in
    if sign_in.kind is not SignInKind.COOKIE:
        raise NotFound
    until = sign_in.created_at + lasts_at_most(person.role, shared=not own)
    await office.memory.sign_ins.share(person.practice, sign_in.id, shared=not own, until=until)
    return Entered(token, person, await _proof(office, signed_in) if own else "", shared=not own)


async def _proof(office: Office, signed_in: SignedIn) -> str:
    """Nothing for a second hat: nobody signs in under its name."""
    person = signed_in.person
    for stored in await office.memory.people.find(person.practice, [person.id]):
        if stored.password_hash:
            name = name_hash(office, await username_of(office, stored))
            return proof_for(office, name, stored, stored.password_hash)
    return ""


async def confirm_second_factor(office: Office, signed_in: SignedIn, code: str) -> None:
    """From now on signing in takes a code; who came in without it anywhere else comes in anew.

    A program's token stands: a password alone was never enough for one. Raises WrongCode, NotFound where nothing was
    offered, Busy.
    """
    person = signed_in.person
    await confirm_factor(office, person, code)
    await office.memory.sign_ins.end_all(
        person.practice, person.id, [SignInKind.COOKIE], office.clock(), signed_in.sign_in.id
    )


async def set_up_factor(office: Office, signed_in: SignedIn, code: str) -> list[str]:
    """The same, and the recovery codes that go with it, told once. Raises as above."""
    await confirm_second_factor(office, signed_in, code)
    return await recovery_codes(office, replace(signed_in.person, second_factor=True))
