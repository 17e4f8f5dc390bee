"""Signing in, staying signed in, signing out. Every wrong guess gets the same answer after the same work."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from messaging.errors import Busy, NotSignedIn, WrongCredentials
from messaging.ids import PersonId, PracticeId, SignInId
from messaging.office import Office
from messaging.people import Person, Role
from messaging.reading import open_person
from messaging.sign_ins import SignInKind, StoredSignIn
from messaging.stored import StoredPerson
from messaging.trust.passwords import LONGEST, checked_password, is_outdated
from messaging.trust.tokens import SECRET_BYTES, Token, new_token, read_token

IDLE: Final = timedelta(hours=2)
"""A letter is written over an hour without a click; drafts are not yet kept on the server."""
ABSOLUTE: Final = {True: timedelta(hours=12), False: timedelta(hours=24)}
"""By whether the person is a client: staff once a working day, clients once a day."""
TOUCH: Final = timedelta(minutes=1)
"""How stale the note of the last act may be, so that not every page writes."""
INVITATION: Final = timedelta(hours=72)
CANDIDATES: Final = 4
"""Persons of one name in different practices that one guess may try: bounds the work a guess can cause."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person behind a valid sign-in."""

    person: Person
    sign_in: StoredSignIn


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody claims. `practice` (its slug) is only needed where a name exists in several."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    practice: str | None = None


def fold_name(username: str) -> str:
    """Usernames are compared without case and outer blanks."""
    return username.strip().casefold()


async def sign_in(office: Office, claimed: Credentials) -> tuple[Token, Person]:
    """A new cookie sign-in. Raises WrongCredentials, alike for every wrong guess, or Busy."""
    stored = await _verified(office, claimed)
    if stored.password_hash and is_outdated(stored.password_hash):
        encoded = await office.passwords.hash(claimed.password)
        await office.memory.people.set_password(stored.practice, stored.id, encoded)
    person = await open_person(office, stored)
    token = await begin(
        office, person.practice, person.id, SignInKind.COOKIE, ABSOLUTE[person.role is not Role.CLIENT]
    )
    await office.memory.trail.note(person.practice, office.clock(), person.id, "signed_in", None)
    return token, person


async def _verified(office: Office, claimed: Credentials) -> StoredPerson:
    if len(claimed.password) > LONGEST:
        raise WrongCredentials
    found = await office.memory.directory.find(
        "username", office.installation.lookup("username", fold_name(claimed.username))
    )
    if claimed.practice:
        slug = office.installation.lookup("practice", claimed.practice)
        named = {practice for practice, _ in await office.memory.directory.find("practice", slug)}
        found = [one for one in found if one[0] in named]
    right: StoredPerson | None = None
    for practice, target in found[:CANDIDATES]:
        for stored in await office.memory.people.find(practice, [PersonId(target)]):
            usable = stored.password_hash if stored.active else None
            if await office.passwords.verify(usable, claimed.password):
                right = right or stored
    if not found:
        await office.passwords.verify(None, claimed.password)
    if right is None:
        raise WrongCredentials
    return right


async def begin(
    office: Office, practice: PracticeId, person: PersonId, kind: SignInKind, lasts: timedelta
) -> Token:
    """A sign-in without a password: for those the operator or an invitation vouches for."""
    stored, token = prepare(office, practice, person, kind, lasts)
    await office.memory.sign_ins.create(stored, token.hash)
    return token


def prepare(
    office: Office, practice: PracticeId, person: PersonId, kind: SignInKind, lasts: timedelta
) -> tuple[StoredSignIn, Token]:
    """A sign-in ready to be kept; thousands are kept at once this way."""
    token = new_token(practice, office.random(SECRET_BYTES))
    now = office.clock()
    made = StoredSignIn(practice, SignInId(office.new_id()), person, kind, now, now, now + lasts)
    return made, token


async def who(office: Office, shown: str | None) -> SignedIn:
    """The person behind a cookie or bearer token. Raises NotSignedIn."""
    token = read_token(shown) if shown else None
    found = await office.memory.lookups.bearer(token.practice, token.hash) if token else None
    if found is None or found.sign_in.kind is SignInKind.INVITATION:
        raise NotSignedIn
    now, sign_in = office.clock(), found.sign_in
    idle = sign_in.kind is SignInKind.COOKIE and now - sign_in.seen_at > IDLE
    if idle or now >= sign_in.expires_at:
        raise NotSignedIn
    if now - sign_in.seen_at > TOUCH:
        with suppress(Busy):  # who they are is known; while memory cannot write they read on
            await office.memory.sign_ins.touch(sign_in.practice, sign_in.id, now)
    await office.keyring.learn(sign_in.practice, found.keys)
    return SignedIn(await open_person(office, found.person), sign_in)


async def sign_out(office: Office, signed_in: SignedIn) -> None:
    """Ends the sign-in; its connections close within moments."""
    sign_in = signed_in.sign_in
    await office.memory.sign_ins.end(sign_in.practice, sign_in.id, office.clock())


async def accept_invitation(office: Office, shown: str, password: object) -> None:
    """Sets the first password, once. Raises NotSignedIn for every token that is not (or no longer) good."""
    chosen = checked_password(password)
    token = read_token(shown)
    found = await office.memory.sign_ins.find(token.practice, token.hash) if token else None
    if found is None or found.kind is not SignInKind.INVITATION or office.clock() >= found.expires_at:
        raise NotSignedIn("This invitation is no longer valid. Please ask for a new one.")
    encoded = await office.passwords.hash(chosen)
    if not await office.memory.sign_ins.end(found.practice, found.id, office.clock()):
        raise NotSignedIn("This invitation is no longer valid. Please ask for a new one.")
    await office.memory.people.set_password(found.practice, found.person, encoded)
