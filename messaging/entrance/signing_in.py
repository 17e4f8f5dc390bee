"""Signing in, staying signed in, signing out. Every wrong guess gets the same answer after the same work."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.entrance.being_there import TOUCH, is_idle
from messaging.entrance.half_way import HalfWay, half_way_proof, whoever_came
from messaging.entrance.known_devices import Device, proof_for
from messaging.entrance.second_factors import has_app, is_due_at, pass_factor
from messaging.errors import Busy, Malformed, NotSignedIn, SecondFactor, WrongCode, WrongCredentials
from messaging.ids import PersonId, PracticeId, SignInId
from messaging.leaving.own_account import tell_of_account
from messaging.memory.leaving import MailForm
from messaging.memory.people import StoredPerson
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.office import Asking, Office
from messaging.people import Person, Role
from messaging.record.reading import open_person
from messaging.trust.noted import Noted
from messaging.trust.passwords import LONGEST, chosen_password, is_outdated
from messaging.trust.tokens import SECRET_BYTES, Token, new_token, read_token

ABSOLUTE: Final = {True: timedelta(hours=12), False: timedelta(hours=24)}
"""By whether the person is a client: staff once a working day, clients once a day."""
SHARED_AT_MOST: Final = timedelta(hours=12)
"""Where others use the device too, for a browser that is never closed."""
TOLD_APART: Final = timedelta(hours=1)
WAYS_IN: Final = tuple(kind for kind in SignInKind if kind.signs_in)
"""What somebody is signed in by. Nothing else that opens something does that."""
ALWAYS_TRIED: Final = 2
"""Persons every guess is tried on, also where there are fewer of the name: the work must not tell how many there are."""
CANDIDATES: Final = 4
"""Persons of one name in different practices that one guess may try: bounds the work a guess can cause."""
NOBODY: Final = (PracticeId(UUID(int=0)), PersonId(UUID(int=0)))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person behind a valid sign-in."""

    person: Person
    sign_in: StoredSignIn
    program: bool = False
    """It is no person: a service account (`integrating.service_accounts`)."""


def must_set_up(now: datetime, signed_in: SignedIn) -> bool:
    """Whether somebody must set up a second factor before anything else.

    A program cannot, and signs in by no password: whoever runs the server made its token, and answers for it.
    """
    return signed_in.sign_in.kind is not SignInKind.BEARER and is_due_at(now, signed_in.person)


@dataclass(frozen=True, slots=True)
class Entered:
    """A good sign-in: its token, whose it is, and the proof by which the device is known the next time.

    `told`: a mail tells them of it. `shared`: others use the device too, so its browser keeps nothing when it is closed.
    """

    token: Token
    person: Person
    device: str = field(repr=False)
    told: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class CameFrom:
    """What somebody signs in from, as far as it said so, and whether they had signed in from it before.

    `shared`: they do not say that it is only theirs.
    """

    device: str
    known: bool
    shared: bool = False


UNSAID: Final = CameFrom("", known=True)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody claims. `practice` (its slug) is only needed where a name exists in several."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    practice: str | None = None
    device: str = ""
    """What they ask from, as far as it said so: shown to them in the list of their sign-ins."""
    shared: bool = False
    """They do not say that it is only theirs."""


def fold_name(username: str) -> str:
    """Usernames are compared without case and outer blanks."""
    return username.strip().casefold()


async def sign_in(
    office: Office, claimed: Credentials, asking: Asking, device: Device | None = None
) -> Entered:
    """A new cookie sign-in. Raises WrongCredentials, alike for every wrong guess, SecondFactor half way, or Busy."""
    if len(claimed.password) > LONGEST:
        raise WrongCredentials
    stored = await _verified(office, claimed, asking, device)
    encoded = stored.password_hash or ""
    if is_outdated(encoded):
        encoded = await office.passwords.hash(claimed.password, asking.begun())
        await office.memory.people.set_password(stored.practice, stored.id, encoded)
    name = name_hash(office, claimed.username)
    if stored.second_factor:
        raise SecondFactor(
            half_way=half_way_proof(office, name, stored, encoded),
            by_app=await has_app(office, stored.practice, stored.id),
        )
    is_known = device is not None and device.person == stored.id
    came = CameFrom(claimed.device, known=is_known, shared=claimed.shared)
    return await enter_as(office, stored, came, proof_for(office, name, stored, encoded))


async def sign_in_by_code(office: Office, half: HalfWay, code: str, came: CameFrom) -> Entered:
    """The rest of the way in. Raises WrongCode, NotSignedIn where the first half is none any more, Busy."""
    stored = await whoever_came(office, half)
    try:
        await pass_factor(office, stored, code)
    except WrongCode:
        await office.memory.trail.note(stored.practice, office.clock(), stored.id, Noted.WRONG_CODE, None)
        raise
    known = proof_for(office, half.name, stored, stored.password_hash or "")
    return await enter_as(office, stored, came, known)


async def enter_as(office: Office, stored: StoredPerson, came: CameFrom, known: str) -> Entered:
    """Whoever has shown who they are is in; `known`: the proof their device keeps. Raises Busy."""
    person = await open_person(office, stored)
    lasts = lasts_at_most(person.role, shared=came.shared)
    is_new = not came.known and not await _came_so_before(office, person, came.device)
    token = await begin(office, person.practice, person.id, SignInKind.COOKIE, lasts, came)
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.SIGNED_IN, None)
    told = False
    if is_new:
        with suppress(Busy):  # they are in, and the list of their devices says that this one is new
            told = await tell_of_account(office, person, MailForm.NEW_DEVICE, when=office.clock())
    return Entered(token, person, known, told, came.shared)


def lasts_at_most(role: Role, *, shared: bool) -> timedelta:
    """How long a browser's sign-in lasts, however much is done."""
    return SHARED_AT_MOST if shared else ABSOLUTE[role is not Role.CLIENT]


async def _came_so_before(office: Office, person: Person, device: str) -> bool:
    """A browser that keeps no cookie, or a program, is new each time: of the like of it a mail tells once an hour."""
    since = office.clock() - TOLD_APART
    return await office.memory.sign_ins.came_unknown(person.practice, person.id, device, since)


async def _verified(
    office: Office, claimed: Credentials, asking: Asking, device: Device | None
) -> StoredPerson:
    """Whose password it is. As many look-ups and hashes whether the name is nobody's, one person's or two persons'."""
    right: StoredPerson | None = None
    for practice, target in await _candidates(office, claimed, device):
        found = await office.memory.people.find(practice, [target])
        stored = found[0] if found else None
        usable = stored.password_hash if stored and stored.active else None
        if await office.passwords.verify(usable, claimed.password, asking):
            right = right or stored
        asking = asking.begun()
        if right is not None and device is not None and right.id == device.person:
            break  # nothing to hide from who signs in where they signed in before
    if right is None:
        raise WrongCredentials
    return right


async def _candidates(
    office: Office, claimed: Credentials, device: Device | None
) -> list[tuple[PracticeId, PersonId]]:
    """Whom a guess is tried on: the device's own person first, and nobody in the place of those who are missing."""
    found = await office.memory.directory.find("username", name_hash(office, claimed.username))
    if claimed.practice:
        slug = office.installation.lookup("practice", claimed.practice)
        named = {practice for practice, _ in await office.memory.directory.find("practice", slug)}
        found = [one for one in found if one[0] in named]
    own = device.person if device else None
    tried = sorted(
        ((practice, PersonId(target)) for practice, target in found), key=lambda one: one[1] != own
    )
    return [*tried[:CANDIDATES], *[NOBODY] * (ALWAYS_TRIED - len(tried))]


def name_hash(office: Office, username: str) -> bytes:
    """The keyed hash of a name as it is looked up and counted."""
    return office.installation.lookup("username", fold_name(username))


async def begin(
    office: Office,
    practice: PracticeId,
    person: PersonId,
    kind: SignInKind,
    lasts: timedelta,
    came: CameFrom = UNSAID,
) -> Token:
    """A sign-in without a password: for those the operator or an invitation vouches for."""
    stored, token = prepare(office, practice, person, kind, lasts)
    stored = replace(stored, device=came.device, known_device=came.known, shared=came.shared)
    await office.memory.sign_ins.create(stored, token.hash)
    return token


def prepare(
    office: Office, practice: PracticeId, person: PersonId, kind: SignInKind, lasts: timedelta
) -> tuple[StoredSignIn, Token]:
    """A sign-in ready to be kept; thousands are kept at once this way."""
    token = new_token(practice, office.random(SECRET_BYTES))
    now = office.clock()
    made = StoredSignIn(
        practice=practice,
        id=SignInId(office.new_id()),
        person=person,
        kind=kind,
        created_at=now,
        seen_at=now,
        expires_at=now + lasts,
    )
    return made, token


async def who(office: Office, shown: str | None, *, acts: bool = True) -> SignedIn:
    """The person behind a cookie or bearer token. `acts`: they do something, and no page by itself. Raises NotSignedIn."""
    token = read_token(shown) if shown else None
    found = await office.memory.lookups.bearer(token.practice, token.hash) if token else None
    if found is None or not found.sign_in.kind.signs_in:
        raise NotSignedIn
    now, sign_in = office.clock(), found.sign_in
    if is_idle(now, sign_in, found.person.role) or now >= sign_in.expires_at:
        raise NotSignedIn
    if acts and now - sign_in.seen_at > TOUCH:
        with suppress(Busy):  # who they are is known; while memory cannot write they read on
            await office.memory.sign_ins.touch(sign_in.practice, sign_in.id, now)
    await office.keyring.learn(sign_in.practice, found.keys)
    return SignedIn(await open_person(office, found.person), sign_in)


async def still_standing(office: Office, asked: Sequence[tuple[PracticeId, SignInId]]) -> set[SignInId]:
    """Which of these sign-ins have not ended. Raises Busy."""
    return await office.memory.sign_ins.standing(asked)


async def sign_out(office: Office, signed_in: SignedIn) -> None:
    """Ends the sign-in; its connections close within moments."""
    sign_in = signed_in.sign_in
    await office.memory.sign_ins.end(sign_in.practice, sign_in.id, office.clock())


async def well_chosen(office: Office, role: Role, password: object, *, second_factor: bool) -> str:
    """A password that somebody of this role may choose, beside a second factor or alone. Raises Malformed."""
    chosen = chosen_password(password, staff=role is not Role.CLIENT, second_factor=second_factor)
    if await office.passwords.is_common(chosen):
        raise Malformed("Many people use this password, so it is tried first. Please choose another.")
    return chosen
