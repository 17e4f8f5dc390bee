"""Stepping up: what cannot be taken back asks for the password, and the code, or a passkey, of a moment ago."""

from messaging.entrance.second_factors import STEPPED_UP, pass_factor
from messaging.entrance.signing_in import SignedIn
from messaging.errors import StepUp, WrongPassword
from messaging.office import Asking, Office
from messaging.trust.noted import Noted


async def step_up(office: Office, signed_in: SignedIn, password: str, code: str | None) -> None:
    """For five minutes, in this sign-in alone. Raises WrongPassword, SecondFactor, WrongCode, Busy."""
    person = signed_in.person
    # A second hat has no password: the first one's vouches for it.
    found = await office.memory.people.find(person.practice, [person.hat_of or person.id])
    asking = Asking(person.id, known=True)
    if not found or not await office.passwords.verify(found[0].password_hash, password, asking):
        raise WrongPassword
    await pass_factor(office, found[0], code)
    await note_stepped_up(office, signed_in)


async def note_stepped_up(office: Office, signed_in: SignedIn) -> None:
    """They have said once more who they are, whichever way. Raises Busy."""
    person = signed_in.person
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.STEPPED_UP, None)
    until = office.clock() + STEPPED_UP
    await office.memory.sign_ins.step_up(person.practice, signed_in.sign_in.id, until)


def must_be_stepped_up(office: Office, signed_in: SignedIn) -> None:
    """Raises StepUp for who has not said their password a moment ago."""
    if not is_stepped_up(office, signed_in):
        raise StepUp


def is_stepped_up(office: Office, signed_in: SignedIn) -> bool:
    """Whether they said their password a moment ago, for this."""
    until = signed_in.sign_in.stepped_up_until
    return until is not None and office.clock() < until


def may_add_factor(office: Office, signed_in: SignedIn) -> bool:
    """Whether they may be offered a second factor: for a first one, having signed in a moment ago counts too.

    Whoever is invited sets it up at once, by pages or by a program; who finds an open screen must not lock its owner out.
    """
    if is_stepped_up(office, signed_in):
        return True
    return not signed_in.person.second_factor and _came_just_now(office, signed_in)


def must_be_let_add_factor(office: Office, signed_in: SignedIn) -> None:
    """Raises StepUp for who may not."""
    if not may_add_factor(office, signed_in):
        raise StepUp


def _came_just_now(office: Office, signed_in: SignedIn) -> bool:
    return office.clock() - signed_in.sign_in.created_at < STEPPED_UP
