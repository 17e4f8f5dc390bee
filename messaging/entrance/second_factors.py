"""Second factors: a code beside the password (TOTP, RFC 6238), recovery codes, and saying once more who one is.

A code is six digits of half a minute; the one before and the one after pass too, for clocks that differ. Each counts once.
"""

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from messaging.errors import Busy, NotFound, SecondFactor, WrongCode
from messaging.ids import PersonId, PracticeId
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import Person, Role
from messaging.trust.encryption import Place
from messaging.trust.noted import Noted

DIGITS: Final = 6
PERIOD: Final = 30
"""Seconds of a code."""
AROUND: Final = (0, -1, 1)
"""Steps that pass: this one, the one before, the one after (RFC 6238 section 5.2 recommends at most one)."""
SECRET_BYTES: Final = 20
"""As long as the hash (RFC 4226 section 4)."""
STEPPED_UP: Final = timedelta(minutes=5)
CODES: Final = 10
CODE_BYTES: Final = 10
DISCREET: Final = "Notes"
"""What a client's phone shows: it may lie on a table."""
SEALED: Final = "second_factors.sealed"


@dataclass(frozen=True, slots=True)
class Offered:
    """A secret, for a program that makes codes: as text (base32) and as the address such programs read."""

    secret: str = field(repr=False)
    otpauth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SecondFactorStand:
    """`on`, or `grace` for who must have one and need not yet, or `off`."""

    state: str
    grace_until: datetime | None = None


def is_due(office: Office, person: Person) -> bool:
    """Whether somebody must set up a second factor before anything else: who sees more than their own record."""
    return is_due_at(office.clock(), person)


def is_due_at(now: datetime, person: Person) -> bool:
    """The same, where only a clock is at hand."""
    if person.role is Role.CLIENT or person.second_factor or person.hat_of is not None:
        return False  # to a second hat one comes from the first, with its code
    return person.grace_until is None or now >= person.grace_until


def stand_of(office: Office, person: Person) -> SecondFactorStand:
    """How it stands with somebody."""
    if person.second_factor or person.hat_of is not None:
        return SecondFactorStand("on")
    if person.role is Role.CLIENT or is_due(office, person):
        return SecondFactorStand("off")
    return SecondFactorStand("grace", person.grace_until)


def must_be_first_hat(person: Person) -> None:
    """A second hat has no way in of its own, and gets none. Raises NotFound."""
    if person.hat_of is not None:
        raise NotFound


async def offer_factor(office: Office, person: Person) -> Offered:
    """A fresh secret; it counts when its owner has confirmed it by a code. Raises NotFound for a second hat, Busy."""
    must_be_first_hat(person)
    secret = office.random(SECRET_BYTES)
    key = await office.keyring.key(person.practice, person.id)
    sealed = office.keyring.seal(key, _place(person.practice, person.id), secret)
    await office.memory.second_factors.offer(person.practice, person.id, sealed)
    practice = await office.memory.people.practice(person.practice)
    issuer = DISCREET if person.role is Role.CLIENT or practice is None else practice.name
    name = DISCREET if person.role is Role.CLIENT else person.name
    return Offered(base64.b32encode(secret).decode(), _totp(secret).get_provisioning_uri(name, issuer))


async def confirm_factor(office: Office, person: Person, code: str) -> None:
    """From now on signing in takes a code. Raises WrongCode, NotFound where nothing was offered, Busy."""
    kept = await office.memory.second_factors.find(person.practice, person.id)
    if kept is None or kept.offered is None:
        raise NotFound
    step = await _step_of(office, person.practice, person.id, kept.offered, code)
    if step is None:
        raise WrongCode
    await _note(office, person, Noted.SECOND_FACTOR_SET)
    if not await office.memory.second_factors.confirm(person.practice, person.id, kept.offered, step):
        raise Busy


async def end_factor(office: Office, person: Person) -> None:
    """Signing in takes no code any more. Who must have one keeps it. Raises NotFound, Busy."""
    if person.role is not Role.CLIENT:
        raise NotFound
    await _note(office, person, Noted.SECOND_FACTOR_ENDED)
    await office.memory.second_factors.end(person.practice, person.id)


async def recovery_codes(office: Office, person: Person) -> list[str]:
    """Fresh ones, told once; the former are none any more. Raises NotFound without a second factor, Busy."""
    if not person.second_factor:
        raise NotFound
    made = [_written(office.random(CODE_BYTES)) for _ in range(CODES)]
    hashes = [_code_hash(office, person.id, one) for one in made]
    await _note(office, person, Noted.RECOVERY_CODES_MADE)
    await office.memory.second_factors.keep_codes(person.practice, person.id, hashes)
    return made


async def has_app(office: Office, practice: PracticeId, person: PersonId) -> bool:
    """Whether an app makes codes for them; otherwise a passkey is what is asked beside the password. Raises Busy."""
    kept = await office.memory.second_factors.find(practice, person)
    return kept is not None and kept.sealed is not None


async def codes_left(office: Office, person: Person) -> int:
    """Recovery codes that were not used. Raises Busy."""
    return await office.memory.second_factors.count_codes(person.practice, person.id)


async def pass_factor(office: Office, stored: StoredPerson, code: str | None) -> None:
    """Lets pass who has none, or gives a code that was not used. Raises SecondFactor, WrongCode, Busy."""
    if not stored.second_factor:
        return
    if not code:
        raise SecondFactor
    memory = office.memory.second_factors
    plain = code.replace(" ", "").replace("-", "")
    if len(plain) > DIGITS:
        if not await pass_recovery_code(office, stored, plain):
            raise WrongCode
        return
    kept = await memory.find(stored.practice, stored.id)
    if kept is None or kept.sealed is None:
        raise WrongCode
    step = await _step_of(office, stored.practice, stored.id, kept.sealed, plain)
    if step is None or not await memory.spend(stored.practice, stored.id, step):
        raise WrongCode


async def pass_recovery_code(office: Office, stored: StoredPerson, code: str) -> bool:
    """Whether this is a recovery code that was not used; it is now. Raises Busy."""
    hashed = _code_hash(office, stored.id, code.replace(" ", ""))
    if not await office.memory.second_factors.spend_code(stored.practice, stored.id, hashed, office.clock()):
        return False
    await office.memory.trail.note(stored.practice, office.clock(), stored.id, Noted.RECOVERY_CODE_USED, None)
    return True


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), PERIOD)  # noqa: S303 - what such programs speak (RFC 6238, HMAC-SHA-1)


async def _step_of(
    office: Office, practice: PracticeId, person: PersonId, sealed: bytes, code: str
) -> int | None:
    """Which half minute's code it is, of those that pass now."""
    key = await office.keyring.key(practice, person)
    totp = _totp(key.open(_place(practice, person), sealed))
    now = int(office.clock().timestamp()) // PERIOD
    said = code.encode("utf-8", "surrogatepass")
    for around in AROUND:
        if hmac.compare_digest(totp.generate((now + around) * PERIOD), said):
            return now + around
    return None


def _written(random: bytes) -> str:
    """In two groups, of letters and digits that are not mistaken for each other."""
    plain = base64.b32encode(random).decode().lower()
    return f"{plain[:8]}-{plain[8:]}"


def _code_hash(office: Office, person: PersonId, code: str) -> bytes:
    plain = code.replace("-", "").casefold()
    return office.installation.lookup("recovery", f"{person.hex}/{plain}")


def _place(practice: PracticeId, person: PersonId) -> Place:
    return Place(SEALED, practice, person, person)


async def _note(office: Office, person: Person, action: Noted) -> None:
    await office.memory.trail.note(person.practice, office.clock(), person.id, action, None)
